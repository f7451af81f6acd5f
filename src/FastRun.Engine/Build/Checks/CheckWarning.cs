using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Checks;

/// <summary>What a build check has found.</summary>
/// <param name="Rule">The rule's name, for example <c>StageNameCasing</c>.</param>
/// <param name="Message">What is wrong, in Docker's words.</param>
/// <param name="Lines">Where.</param>
internal sealed record CheckWarning(string Rule, string Message, LineRange Lines)
{
    /// <summary>The page that explains the rule.</summary>
    internal string Url => $"https://docs.docker.com/go/dockerfile/rule/{CheckRules.Pages[Rule]}/";

    /// <summary>As <c>--check</c> prints it: several lines, without an end.</summary>
    /// <param name="name">The Dockerfile's name.</param>
    /// <param name="lines">Its lines.</param>
    internal string Render(string name, IReadOnlyList<string> lines) =>
        $"WARNING: {Rule} - {Url}\n{Message}\n{DockerfileException.Render(name, lines, Lines)}";
}
