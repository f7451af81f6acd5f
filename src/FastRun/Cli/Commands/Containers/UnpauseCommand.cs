using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun unpause</c>.</summary>
internal sealed class UnpauseCommand : ContainersCommand
{
    internal override string Name => "unpause";

    internal override string Usage => "CONTAINER [CONTAINER...]";

    internal override string Summary => "Unpause all processes within one or more containers";

    internal override Option[] BuildOptions() => [];

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new PauseContainer(context.RequireLayout()).Unpause(container);
        return name;
    }
}
