using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Options.Container;

/// <summary>All flags that say what a container is.</summary>
internal sealed class CreateOptions
{
    private readonly ProcessOptions _process = new();
    private readonly IdentityOptions _identity = new();
    private readonly FilesystemOptions _filesystem = new();
    private readonly NetworkOptions _network = new();
    private readonly LimitOptions _limits = new();
    private readonly SecurityOptions _security = new();
    private readonly LifecycleOptions _lifecycle = new();
    private readonly HealthOptions _health = new();
    private readonly PullOptions _pull = new();

    internal Option[] Build() =>
    [
        .. _process.Build(),
        .. _identity.Build(),
        .. _filesystem.Build(),
        .. _network.Build(),
        .. _limits.Build(),
        .. _security.Build(),
        .. _lifecycle.Build(),
        .. _health.Build(),
        .. _pull.Build(),
    ];

    /// <summary>What the flags and operands (image, command, arguments) ask for.</summary>
    internal ContainerCreateRequest Request(List<string> operands)
    {
        var request = new ContainerCreateRequest
        {
            Image = operands[0],
            Command = operands.Count > 1 ? operands.GetRange(1, operands.Count - 1) : null,
        };
        request = _process.ApplyTo(request);
        request = _identity.ApplyTo(request);
        request = _filesystem.ApplyTo(request);
        request = _network.ApplyTo(request);
        request = _limits.ApplyTo(request);
        request = _security.ApplyTo(request);
        request = _lifecycle.ApplyTo(request);
        request = _health.ApplyTo(request);
        return _pull.ApplyTo(request);
    }

    /// <summary>How a run tells what happens beside its command.</summary>
    internal RunOptions RunOptions(OutputWriter output) => new()
    {
        Output = output.Write,
        Diagnostics = ErrorReport.Write,
        Pulling = () => _pull.OpenOutput(timings: false),
    };
}
