using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Exec;

namespace FastRun.Cli.Options.Container;

/// <summary>The flags that one-shot sandboxes and containers share.</summary>
internal sealed class SandboxOptions
{
    private readonly ProcessOptions _process = new();
    private readonly IdentityOptions _identity = new();
    private readonly FilesystemOptions _filesystem = new();
    private readonly NetworkOptions _network = new();
    private readonly LimitOptions _limits = new();
    private readonly SecurityOptions _security = new();
    private readonly NamespaceOptions _namespaces = new();
    private readonly PullOptions _pull = new();

    /// <summary>Those that a process in a container that runs can have, too.</summary>
    internal Option[] BuildOfJoining() => _process.BuildOfJoining();

    /// <summary>Those of a container's first process, and of all around it.</summary>
    internal Option[] BuildOfCreating() =>
    [
        .. _process.BuildOfCreating(),
        .. _identity.Build(),
        .. _filesystem.Build(),
        .. _network.Build(),
        .. _limits.Build(),
        .. _security.Build(),
        .. _namespaces.Build(),
        .. _pull.Build(),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        request = _process.ApplyTo(request);
        request = _identity.ApplyTo(request);
        request = _filesystem.ApplyTo(request);
        request = _network.ApplyTo(request);
        request = _limits.ApplyTo(request);
        request = _security.ApplyTo(request);
        request = _namespaces.ApplyTo(request);
        return _pull.ApplyTo(request);
    }

    /// <summary>What the flags ask of a process that joins a container.</summary>
    internal ExecRequest JoiningRequest(List<string> command) => _process.JoiningRequest(command, _security.Privileged);

    /// <summary>How a run tells what happens beside its command.</summary>
    internal RunOptions RunOptions(OutputWriter output, bool timings = false, bool explain = false) => new(timings, explain)
    {
        Output = output.Write,
        Diagnostics = ErrorReport.Write,
        FailureCode = ExitCodes.OfRun,
        Pulling = () => _pull.OpenOutput(timings),
    };
}
