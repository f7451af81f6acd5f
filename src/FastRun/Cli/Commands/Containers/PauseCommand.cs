using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun pause</c> and <c>fastrun unpause</c>.</summary>
internal sealed class PauseCommand(bool pauses) : ContainersCommand
{
    internal override string Name => pauses ? "pause" : "unpause";

    internal override string Usage => "CONTAINER [CONTAINER...]";

    internal override string Summary => $"{(pauses ? "Pause" : "Unpause")} all processes within one or more containers";

    internal override Option[] BuildOptions() => [];

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        var engine = new PauseContainer(context.RequireLayout());
        if (pauses)
        {
            engine.Pause(container);
        }
        else
        {
            engine.Unpause(container);
        }

        return name;
    }
}
