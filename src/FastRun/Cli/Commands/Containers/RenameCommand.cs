using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun rename</c>.</summary>
internal sealed class RenameCommand : Command
{
    internal override string Name => "rename";

    internal override string Usage => "CONTAINER NEW_NAME";

    internal override string Summary => "Rename a container";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        new RenameContainer(layout).Rename(new ContainerStore(layout).Find(operands[0]), operands[1]);
        return 0;
    }
}
