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
    internal static List<string> Of(IReadOnlyList<CheckWarning> warnings, string file, IReadOnlyList<string> lines, bool expands)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $" {warnings.Count} {(warnings.Count == 1 ? "warning" : "warnings")} found");
        List<string> told = ["", expands ? count + ":" : $"{count} (use {ProgramName.Text} --debug to expand):"];
        foreach (CheckWarning warning in warnings)
        {
            told.Add(" - " + warning.Short);
            if (!expands)
            {
                continue;
            }

            told.AddRange([warning.Description, "More info: " + warning.Url, .. warning.Place(file, lines).Split('\n'), ""]);
        }

        return told;
    }
}
