using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>The physical lines of a Dockerfile, one after the other.</summary>
internal sealed class DockerfileLines
{
    private readonly string _text;
    private int _at;

    internal DockerfileLines(string text)
    {
        // The mark of an editor, which is no character of the first line.
        _at = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        _text = text;
    }

    /// <summary>The number of the line that was read last; 0 before the first.</summary>
    internal int Number { get; private set; }

    /// <summary>The line that was read last, without its end.</summary>
    internal string Line { get; private set; } = "";

    /// <summary>The line that was read last, with its end.</summary>
    internal string WithEnd { get; private set; } = "";

    /// <summary>All lines that were read.</summary>
    internal List<string> Seen { get; } = [];

    /// <summary>Reads the next line.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="DockerfileException">It is too long.</exception>
    internal bool Read()
    {
        if (_at >= _text.Length)
        {
            return false;
        }

        int end = _text.IndexOf('\n', _at);
        int next = end < 0 ? _text.Length : end + 1;
        WithEnd = _text[_at..next];
        Line = WithEnd.TrimEnd('\r', '\n');
        _at = next;
        Number++;
        Seen.Add(Line);
        return Line.Length <= DockerfileLimits.LineLength
            ? true
            : throw new DockerfileException(
                Number, $"dockerfile line greater than max allowed size of {DockerfileLimits.LineLength}");
    }

    /// <summary>Whether a line is a comment: it begins with <c>#</c> behind white space.</summary>
    internal static bool IsComment(string line) => line.TrimStart().StartsWith('#');

    /// <summary>
    /// Takes the escape character off a line that goes on in the next one: it is the last one but for blanks, and no escape
    /// character stands before it.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="escape">The escape character.</param>
    /// <param name="text">Gets the line.</param>
    /// <returns>Whether it goes on.</returns>
    internal static bool TryContinued(string line, char escape, StringBuilder text)
    {
        int last = line.Length - 1;
        while (last >= 0 && line[last] is ' ' or '\t')
        {
            last--;
        }

        bool continued = last >= 0 && line[last] == escape && (last == 0 || line[last - 1] != escape);
        text.Append(line, 0, continued ? last : line.Length);
        return continued;
    }
}
