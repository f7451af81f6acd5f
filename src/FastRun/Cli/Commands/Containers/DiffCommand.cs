using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Files;
using FastRun.Layers;
using FastRun.Layers.Archives;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun diff</c>.</summary>
internal sealed class DiffCommand : Command
{
    internal override string Name => "diff";

    internal override string Usage => "CONTAINER";

    internal override string Summary => "Inspect changes to files or directories on a container's filesystem";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        foreach (TreeChange change in new ListChanges(layout).Run(new ContainerStore(layout).Find(operands[0])))
        {
            context.Output.WriteLine($"{Letter(change.Kind)} {change.Path}");
        }

        return 0;
    }

    private static char Letter(TreeChangeKind kind) => kind switch
    {
        TreeChangeKind.Added => 'A',
        TreeChangeKind.Modified => 'C',
        TreeChangeKind.Deleted => 'D',
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
