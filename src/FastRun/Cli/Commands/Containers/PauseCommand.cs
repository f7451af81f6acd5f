using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun pause</c>.</summary>
internal sealed class PauseCommand : ContainersCommand
{
    internal override string Name => "pause";

    internal override string Usage => "CONTAINER [CONTAINER...]";

    internal override string Summary => "Pause all processes within one or more containers";

    internal override Option[] BuildOptions() => [];

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new PauseContainer(context.RequireLayout()).Pause(container);
        return name;
    }
}
