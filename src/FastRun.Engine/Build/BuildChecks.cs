using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build;

/// <summary>Docker's checks of a Dockerfile: warnings of a build, or all that <c>--check</c> asks for.</summary>
internal static class BuildChecks
{
    private const string SettingsArgument = "BUILDKIT_DOCKERFILE_CHECK";

    /// <summary>Runs them, and tells what they found.</summary>
    /// <param name="session">The build.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="name">What it is called.</param>
    /// <returns>How many warnings there are.</returns>
    /// <exception cref="EngineException">There are some, and they are to fail the build.</exception>
    internal static int Run(BuildSession session, DockerfileDocument document, string name)
    {
        BuildRequest request = session.Request;
        CheckOptions options = new()
        {
            Settings = request.BuildArguments.TryGetValue(SettingsArgument, out string? settings) ? settings : null,
            Ignore = session.Context.Origin.Ignore,
        };
        IReadOnlyList<CheckWarning> warnings = DockerfileChecks.Run(document, options, out bool isError);
        if (request.OnlyCheck)
        {
            session.Observer.Note(warnings.Count == 0
                ? "Check complete, no warnings found."
                : string.Create(CultureInfo.InvariantCulture, $"Check complete, {warnings.Count} {(warnings.Count == 1 ? "warning has" : "warnings have")} been found!"));
        }

        foreach (CheckWarning warning in warnings)
        {
            Tell(session.Observer, warning, document, name, whole: request.OnlyCheck);
        }

        return warnings.Count > 0 && isError
            ? throw new EngineException(ErrorKind.InvalidArgument, "lint violation found for rules: " + Rules(warnings))
            : warnings.Count;
    }

    /// <summary>With its place, line by line, where that is all that was asked for.</summary>
    private static void Tell(BuildObserver observer, CheckWarning warning, DockerfileDocument document, string name, bool whole)
    {
        if (!whole)
        {
            observer.Note(string.Create(CultureInfo.InvariantCulture, $" - {warning.Rule}: {warning.Message} (line {warning.Lines.First})"));
            return;
        }

        observer.Note("");
        foreach (string line in warning.Render(name, document.Lines).Split('\n'))
        {
            observer.Note(line);
        }
    }

    private static string Rules(IReadOnlyList<CheckWarning> warnings)
    {
        SortedSet<string> rules = [];
        foreach (CheckWarning warning in warnings)
        {
            rules.Add(warning.Rule);
        }

        return string.Join(", ", rules);
    }
}
