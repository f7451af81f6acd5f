using System.Linq;

namespace FastRun.Cli.Output.Builds;

/// <summary>The lines of a Dockerfile that a failure is shown with.</summary>
internal static class FailedPlace
{
    /// <summary>Makes them safe to print, line by line.</summary>
    internal static string Escape(string place) => string.Join('\n', place.Split('\n').Select(TerminalText.Escape));
}
