using System;
using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Build.Cache;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Builds;

/// <summary>The table of <c>builder du</c> and <c>builder prune</c>.</summary>
internal static class BuildCacheTable
{
    private static readonly string[] s_columns = ["ID", "TYPE", "RECLAIMABLE", "SIZE", "LAST ACCESSED", "DESCRIPTION"];

    internal static string Format(IReadOnlyList<BuildCacheEntry> entries)
    {
        var rows = new List<IReadOnlyList<string>> { s_columns };
        foreach (BuildCacheEntry entry in entries)
        {
            rows.Add(
            [
                ShortId.Of(entry.Id),
                entry.Type,
                entry.IsInUse ? "false" : "true",
                HumanUnits.Size(entry.Bytes) + (entry.IsShared ? "*" : ""),
                HumanUnits.Ago(entry.LastUsed, DateTimeOffset.UtcNow),
                TerminalText.Escape(entry.Description),
            ]);
        }

        return TextTable.Format(rows);
    }
}
