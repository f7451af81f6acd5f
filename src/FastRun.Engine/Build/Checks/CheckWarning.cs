using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Checks;

/// <summary>What a build check has found.</summary>
public sealed class CheckWarning
{
    internal CheckWarning(CheckRule rule, string message, LineRange lines) => (Found, Message, Lines) = (rule, message, lines);

    /// <summary>The rule's name, for example <c>StageNameCasing</c>.</summary>
    public string Rule => Found.Name;

    /// <summary>What the rule is about.</summary>
    public string Description => Found.Description;

    /// <summary>The page that explains the rule.</summary>
    public string Url => Found.Url;

    /// <summary>What is wrong, in Docker's words.</summary>
    public string Message { get; }

    /// <summary>The first line of the Dockerfile that is meant, from 1.</summary>
    public int FirstLine => Lines.First;

    /// <summary>The last line that is meant.</summary>
    public int LastLine => Lines.Last;

    /// <summary>All of it in one line, as it is told at the end of a build.</summary>
    public string Short => string.Create(CultureInfo.InvariantCulture, $"{Rule}: {Message} (line {FirstLine})");

    internal CheckRule Found { get; }

    internal LineRange Lines { get; }

    /// <summary>The place, as Docker shows it: several lines, without an end.</summary>
    /// <param name="file">The Dockerfile's name.</param>
    /// <param name="lines">Its lines.</param>
    public string Place(string file, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return DockerfileException.Render(file, lines, Lines);
    }

    /// <summary>As <c>--check</c> prints it: several lines, without an end.</summary>
    internal string Render(string file, IReadOnlyList<string> lines) => $"WARNING: {Rule} - {Url}\n{Message}\n{Place(file, lines)}";
}
