using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Checks;

namespace FastRun.Cli.Output.Builds;

/// <summary>The warnings at the end of a build, in the words of <c>docker buildx build</c>.</summary>
internal static class WarningList
{
    /// <summary>Its lines.</summary>
    /// <param name="warnings">The warnings.</param>
    /// <param name="file">The Dockerfile's name.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="expands">Whether all is told of each.</param>
    internal static IEnumerable<string> Of(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines, bool expands)
    {
        yield return "";
        string count = string.Create(CultureInfo.InvariantCulture, $" {warnings.Count} {(warnings.Count == 1 ? "warning" : "warnings")} found");
        yield return expands ? count + ":" : $"{count} (use {ProgramName.Text} --debug to expand):";
        foreach (CheckWarning warning in warnings)
        {
            yield return " - " + warning.Short;
            if (!expands)
            {
                continue;
            }

            yield return warning.Description;
            yield return "More info: " + warning.Url;
            foreach (string line in warning.Place(file, lines).Split('\n'))
            {
                yield return line;
            }

            yield return "";
        }
    }
}
