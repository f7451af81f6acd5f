using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun restart</c>.</summary>
internal sealed class RestartCommand : ContainersCommand
{
    private readonly StopOptions _stop = new();

    internal override string Name => "restart";

    internal override string Summary => "Restart one or more containers";

    internal override Option[] BuildOptions() => _stop.Build();

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        ErrorReport.Warn(new RestartContainer(context.RequireLayout()).Restart(container, _stop.Signal, _stop.Seconds));
        return name;
    }
}
