using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Cli.Output;

/// <summary>Columns of text, three apart and at least ten wide unless told otherwise, as in Docker's lists.</summary>
internal static class TextTable
{
    private const int LeastWidth = 10;
    private const int Gap = 3;

    /// <summary>Lays out rows; the last column is not padded.</summary>
    internal static string Format(IReadOnlyList<IReadOnlyList<string>> rows, int leastWidth = LeastWidth)
    {
        var widths = new List<int>();
        foreach (IReadOnlyList<string> row in rows)
        {
            for (int i = 0; i < row.Count - 1; i++)
            {
                if (i == widths.Count)
                {
                    widths.Add(leastWidth);
                }

                widths[i] = Math.Max(widths[i], Width(row[i]) + Gap);
            }
        }

        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in rows)
        {
            for (int i = 0; i < row.Count; i++)
            {
                text.Append(row[i]);
                if (i < row.Count - 1)
                {
                    text.Append(' ', widths[i] - Width(row[i]));
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static int Width(string text)
    {
        int width = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            width++;
        }

        return width;
    }
}
