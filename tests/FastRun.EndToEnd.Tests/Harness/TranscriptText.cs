using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>What commands print, without what is another thing each time: ids, times, sizes, addresses, ports, and the width of columns.</summary>
internal static partial class TranscriptText
{
    /// <summary>The lines of a result.</summary>
    internal static List<string> Lines(CommandResult result, params IReadOnlyList<(string Text, string Name)> names)
    {
        List<string> lines = [];
        Add(lines, '|', result.Stdout, names);
        Add(lines, '!', result.Stderr, names);
        if (result.ExitCode != 0)
        {
            lines.Add($"? {result.ExitCode}");
        }

        return lines;
    }

    private static void Add(List<string> lines, char mark, string text, IReadOnlyList<(string Text, string Name)> names)
    {
        if (text.Length == 0)
        {
            return;
        }

        foreach ((string value, string name) in names)
        {
            text = text.Replace(value, name, StringComparison.Ordinal);
        }

        text = Sequence().Replace(text, "");
        text = Id().Replace(text, "<id>");
        text = ShortId().Replace(text, "<short>");
        text = Time().Replace(text, "<time>");
        text = Age().Replace(text, "<age>");
        text = Size().Replace(text, "<size>");
        text = Percent().Replace(text, "<percent>");
        text = Mac().Replace(text, "<mac>");
        text = Subnet().Replace(text, "<ip>");
        text = Port().Replace(text, ":<port>");
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            lines.Add($"{mark} {Columns().Replace(line.TrimEnd(), "  ")}".TrimEnd());
        }
    }

    // What a terminal would be told, and where lines begin anew.
    [GeneratedRegex("\\e\\[[0-9;?]*[A-Za-z]|\\r")]
    private static partial Regex Sequence();

    [GeneratedRegex("\\b[0-9a-f]{64}\\b")]
    private static partial Regex Id();

    [GeneratedRegex("\\b(?=[0-9a-f]*[0-9])[0-9a-f]{12}\\b")]
    private static partial Regex ShortId();

    [GeneratedRegex("\\b20\\d\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d| [+-]\\d{4} [A-Z]{3,4})?")]
    private static partial Regex Time();

    [GeneratedRegex("\\b(\\d+|About an?|Less than a) (seconds?|minutes?|hours?)\\b")]
    private static partial Regex Age();

    [GeneratedRegex("(?<![\\w.])\\d+(\\.\\d+)? ?[kKMGT]?i?B\\b")]
    private static partial Regex Size();

    [GeneratedRegex("\\b\\d+(\\.\\d+)?%")]
    private static partial Regex Percent();

    [GeneratedRegex("\\b([0-9a-f]{2}:){5}[0-9a-f]{2}\\b")]
    private static partial Regex Mac();

    [GeneratedRegex("\\b(10|172|192)\\.\\d+\\.\\d+\\.\\d+\\b")]
    private static partial Regex Subnet();

    [GeneratedRegex(":(3[2-9]\\d{3}|[45]\\d{4}|6[0-5]\\d{3})\\b")]
    private static partial Regex Port();

    [GeneratedRegex("(?<=\\S) {2,}")]
    private static partial Regex Columns();
}
