using System;
using System.Collections.Generic;
using System.Linq;

namespace FastRun.Cli.Output.Builds;

/// <summary>
/// The lines of a build's progress for a terminal of some size: what runs is always there as far as it fits, with what it wrote last;
/// of what is over, and of that output, there is as much as there is room for.
/// </summary>
internal static class BuildTree
{
    private const int MostOutputLines = 6;
    private const int LeastOver = 3;

    /// <summary>Draws.</summary>
    /// <param name="header">The first line.</param>
    /// <param name="steps">All steps, in the order in which they began.</param>
    /// <param name="rows">How many lines there may be; the largest number for all, without the output of steps that run.</param>
    /// <param name="columns">The terminal's columns, of which the last stays free.</param>
    internal static List<string> Lines(string header, IReadOnlyList<BuildTreeStep> steps, int rows, int columns)
    {
        List<BuildTreeStep> running = [.. steps.Where(static step => !step.HasEnded)];
        int room = Math.Max(0, rows == int.MaxValue ? rows : rows - 1);
        int over = steps.Count - running.Count;
        int outputs = 0;
        if (room < int.MaxValue)
        {
            int free = room - Math.Min(running.Count, room);
            int forOutput = Math.Max(0, free - Math.Min(over, LeastOver));
            outputs = running.Count == 0 ? 0 : Math.Min(MostOutputLines, forOutput / running.Count);
            int used = running.Sum(step => Math.Min(outputs, step.Output.Count));
            over = Math.Min(over, Math.Max(0, free - used));
        }

        int left = steps.Count - running.Count - over;
        int most = room;
        List<string> lines = [Fit(header, "", columns)];
        foreach (BuildTreeStep step in steps)
        {
            if ((step.HasEnded && left-- > 0) || most-- <= 0)
            {
                continue;
            }

            lines.Add(Fit($" => {step.Name}", step.Time, columns));
            if (!step.HasEnded)
            {
                foreach (string line in step.Output.TakeLast(outputs))
                {
                    lines.Add(Fit($" => => # {line}", "", columns));
                    most--;
                }
            }
        }

        return lines;
    }

    /// <summary>A text at the left and one at the right, in one line of the terminal.</summary>
    private static string Fit(string left, string right, int columns)
    {
        int room = Math.Max(0, columns - 1 - (right.Length == 0 ? 0 : right.Length + 1));
        string fitted = TerminalLine.Cut(left, room);
        return right.Length == 0 ? fitted.TrimEnd() : fitted + new string(' ', room - TerminalLine.Width(fitted) + 1) + right;
    }
}
