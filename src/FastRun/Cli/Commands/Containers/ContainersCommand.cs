using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary>A command that does one thing to each container named.</summary>
internal abstract class ContainersCommand : EachOperandCommand
{
    internal override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    /// <inheritdoc/>
    protected sealed override void Apply(CommandContext context, string name) =>
        context.Output.WriteLine(Apply(context, new ContainerStore(context.RequireLayout()).Find(name), name));

    /// <summary>Does it, and returns the line to print.</summary>
    protected abstract string Apply(CommandContext context, Container container, string name);
}
