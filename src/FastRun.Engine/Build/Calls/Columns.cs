using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace FastRun.Engine.Build.Calls;

/// <summary>Rows in columns as wide as their widest cell, as Go's text/tabwriter lays them out; the last column is not padded.</summary>
internal static class Columns
{
    /// <summary>Lays them out.</summary>
    /// <param name="gap">How many blanks are between two columns at least.</param>
    /// <param name="rows">The rows, each of as many cells.</param>
    internal static string Format(int gap, IReadOnlyList<string[]> rows)
    {
        StringBuilder text = new();
        int[] widths = [.. Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => WidthOf(row[column])) + gap)];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                text.Append(row[i]).Append(' ', i < widths.Length ? widths[i] - WidthOf(row[i]) : 0);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static int WidthOf(string text) => text.EnumerateRunes().Count();
}
