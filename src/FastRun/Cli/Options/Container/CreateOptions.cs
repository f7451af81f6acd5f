using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Cli.Options.Container;

/// <summary>All flags that say what a container is.</summary>
internal sealed class CreateOptions
{
    private readonly SandboxOptions _sandbox = new();
    private readonly LifecycleOptions _lifecycle = new();
    private readonly HealthOptions _health = new();

    internal Option[] Build() =>
    [
        .. _sandbox.BuildOfJoining(),
        .. _sandbox.BuildOfCreating(),
        .. _lifecycle.Build(),
        .. _health.Build(),
        .. SettledOptions.OfContainer(),
    ];

    /// <summary>What the flags and operands (image, command, arguments) ask for.</summary>
    internal ContainerCreateRequest Request(List<string> operands)
    {
        var request = new ContainerCreateRequest
        {
            Image = operands[0],
            Command = operands.Count > 1 ? operands.GetRange(1, operands.Count - 1) : null,
        };
        request = _sandbox.ApplyTo(request);
        request = _lifecycle.ApplyTo(request);
        return _health.ApplyTo(request);
    }

    /// <summary>How a run tells what happens beside its command.</summary>
    internal RunOptions RunOptions(OutputWriter output) => _sandbox.RunOptions(output);
}
