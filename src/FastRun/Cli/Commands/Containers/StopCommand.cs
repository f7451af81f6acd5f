using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun stop</c>.</summary>
internal sealed class StopCommand : ContainersCommand
{
    private readonly StopOptions _stop = new();

    internal override string Name => "stop";

    internal override string Summary => "Stop one or more running containers";

    internal override string Details => """
        A container whose first process has no handler for the signal is ended at once: the kernel would keep the signal from it.
        """;

    internal override Option[] BuildOptions() => _stop.Build();

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new StopContainer(context.RequireLayout()).Stop(container, _stop.Signal, _stop.Seconds);
        return name;
    }
}
