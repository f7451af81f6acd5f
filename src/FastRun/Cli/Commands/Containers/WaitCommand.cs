using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun wait</c>.</summary>
internal sealed class WaitCommand : ContainersCommand
{
    internal override string Name => "wait";

    internal override string Usage => "CONTAINER [CONTAINER...]";

    internal override string Summary => "Block until one or more containers stop, then print their exit codes";

    internal override Option[] BuildOptions() => [];

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name) =>
        new WaitContainer(context.RequireLayout()).Wait(container).ToString(CultureInfo.InvariantCulture);
}
