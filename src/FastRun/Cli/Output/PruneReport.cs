using System.Collections.Generic;
using FastRun.Documents;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Containers;
using FastRun.Engine.Images;
using FastRun.Engine.Networks;
using FastRun.Engine.Volumes;
using FastRun.Layers.Images;

namespace FastRun.Cli.Output;

/// <summary>What was removed, as Docker's prune commands tell it.</summary>
internal static class PruneReport
{
    internal static void Print(PrunedContainers pruned, OutputWriter output) => Print("Deleted Containers:\n", pruned.Ids, output);

    internal static void Print(PrunedVolumes pruned, OutputWriter output) => Print("Deleted Volumes:\n", pruned.Names, output);

    internal static void Print(PrunedNetworks pruned, OutputWriter output) => Print("Deleted Networks:\n", pruned.Names, output);

    internal static void Print(PrunedImages pruned, OutputWriter output)
    {
        var lines = new List<string>();
        foreach (ImageRemoval removal in pruned.Removals)
        {
            foreach (string name in removal.Untagged)
            {
                lines.Add("untagged: " + name);
            }

            foreach (string id in removal.Deleted)
            {
                lines.Add("deleted: " + id);
            }
        }

        Print("Deleted Images:\n", lines, output);
    }

    internal static void Print(IReadOnlyList<BuildCacheEntry> pruned, OutputWriter output)
    {
        var ids = new List<string>();
        foreach (BuildCacheEntry entry in pruned)
        {
            ids.Add(entry.Id);
        }

        Print("Deleted build cache objects:\n", ids, output);
    }

    internal static void PrintTotal(long bytes, OutputWriter output) =>
        output.WriteLine("Total reclaimed space: " + HumanUnits.Size(bytes));

    private static void Print(string title, IReadOnlyList<string> lines, OutputWriter output)
    {
        if (lines.Count == 0)
        {
            return;
        }

        output.Write(title);
        foreach (string line in lines)
        {
            output.WriteLine(TerminalText.Escape(line));
        }

        output.Write("\n");
    }
}
