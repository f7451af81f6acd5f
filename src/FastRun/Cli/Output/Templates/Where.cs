using System;
using System.Globalization;

namespace FastRun.Cli.Output.Templates;

/// <summary>Positions as Go's messages give them.</summary>
internal static class Where
{
    internal static string ParseError(string template, int position, string message) => string.Create(
        CultureInfo.InvariantCulture,
        $"template parsing error: template: :{Line(template, position)}: {message}");

    internal static string ExecutionError(string template, int position, string expression, string message)
    {
        int lineStart = position == 0 ? 0 : template.LastIndexOf('\n', position - 1) + 1;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"template: :{Line(template, position)}:{position - lineStart}: executing \"\" at <{expression}>: {message}");
    }

    private static int Line(string template, int position) =>
        1 + template.AsSpan(0, Math.Min(position, template.Length)).Count('\n');
}
