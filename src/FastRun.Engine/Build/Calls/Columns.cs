using System;
using System.Collections.Generic;
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
        // Plain loops: queries over numbers would be code of their own.
        int last = rows[0].Length - 1;
        int[] widths = new int[last];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < last; i++)
            {
                widths[i] = Math.Max(widths[i], WidthOf(row[i]) + gap);
            }
        }

        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            for (int i = 0; i < last; i++)
            {
                text.Append(row[i]).Append(' ', widths[i] - WidthOf(row[i]));
            }

            text.Append(row[last]).Append('\n');
        }

        return text.ToString();
    }

    private static int WidthOf(string text)
    {
        int width = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            width++;
        }

        return width;
    }
}
