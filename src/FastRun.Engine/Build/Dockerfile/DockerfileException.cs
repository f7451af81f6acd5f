using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// A Dockerfile is wrong. The message is Docker's, without the place. <see cref="Render(string, IReadOnlyList{string})"/> shows the place; whoever
/// knows the instruction that a nameless one is about adds it with <see cref="At"/>.
/// </summary>
internal sealed class DockerfileException : Exception
{
    private const int LinesAroundOne = 2;
    private const int LinesAroundSeveral = 1;
    private const int LongestLine = 400;

    /// <summary>Describes what is wrong.</summary>
    internal DockerfileException(LineRange lines, string message)
        : base(message) => Lines = lines;

    /// <summary>Describes what is wrong with one line.</summary>
    internal DockerfileException(int line, string message)
        : this(new LineRange(line, line), message)
    {
    }

    /// <summary>Where; none while nobody has said so.</summary>
    internal LineRange Lines { get; }

    /// <summary>Whether the message begins with the line: an instruction is wrong. What is wrong before there are instructions has the line only beside it.</summary>
    internal bool IsSyntax { get; init; }

    /// <summary>Of a message that never begins with the line, though the instruction is wrong: BuildKit's parser says it, not what reads its words.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>The message as Docker's: <c>dockerfile parse error on line 3: unknown instruction: RUNN</c>.</summary>
    internal string FullMessage => IsSyntax && !Lines.IsNone
        ? string.Create(CultureInfo.InvariantCulture, $"dockerfile parse error on line {Lines.First}: {Message}")
        : Message;

    /// <summary>The same, at these lines where it has none.</summary>
    internal DockerfileException At(LineRange lines) =>
        Lines.IsNone ? new DockerfileException(lines, Message) { IsSyntax = IsSyntax, IsPlain = IsPlain } : this;

    /// <summary>The place as Docker shows it: the file's name and line, and the lines around with <c>&gt;&gt;&gt;</c> before those that are meant.</summary>
    /// <param name="name">What the file is called.</param>
    /// <param name="lines">Its lines.</param>
    /// <returns>Several lines without an end; empty where there is no place.</returns>
    internal string Render(string name, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return Lines.IsNone ? "" : Render(name, lines, Lines);
    }

    /// <summary>Lines of a Dockerfile as Docker shows them.</summary>
    internal static string Render(string name, IReadOnlyList<string> lines, LineRange range)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{name}:{range.First}\n--------------------\n");
        int around = range.First == range.Last ? LinesAroundOne : LinesAroundSeveral;
        int last = Math.Min(lines.Count, range.Last + around);
        for (int line = Math.Max(1, range.First - around); line <= last; line++)
        {
            string mark = line >= range.First && line <= range.Last ? ">>>" : "   ";
            string content = lines[line - 1];
            text.Append(CultureInfo.InvariantCulture, $"{line,4} | {mark} ");
            text.Append(content.Length > LongestLine ? content[..LongestLine] + "..." : content).Append('\n');
        }

        return text.Append("--------------------").ToString();
    }
}
