using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// Finds the parser directives: the first lines, as long as each is one that is known. Another comment, an empty line or an
/// instruction ends them, and what follows is a comment.
/// </summary>
internal sealed class DirectiveReader
{
    private bool _ended;

    /// <summary>What was found.</summary>
    internal List<Directive> All { get; } = [];

    /// <summary>The escape character.</summary>
    internal char Escape { get; private set; } = '\\';

    /// <summary>There are no more.</summary>
    internal void End() => _ended = true;

    /// <summary>Looks at a line.</summary>
    /// <param name="line">The line, without white space before it.</param>
    /// <param name="number">Its number.</param>
    /// <exception cref="DockerfileException">A directive is repeated, or the escape character is none.</exception>
    internal void Read(string line, int number)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string name = line.StartsWith('#') && equals > 0 ? line[1..equals].Trim().ToLowerInvariant() : "";
        string value = equals < 0 ? "" : line[(equals + 1)..].Trim();
        _ended |= name is not ("syntax" or "escape" or "check") || value.Length == 0;
        if (_ended)
        {
            return;
        }

        if (All.Exists(known => known.Name == name))
        {
            throw new DockerfileException(number, $"only one {name} parser directive can be used");
        }

        All.Add(new Directive(name, value, number));
        if (name == "escape")
        {
            Escape = value is "`" or "\\"
                ? value[0]
                : throw new DockerfileException(number, $"invalid escape token '{value}' does not match ` or \\");
        }
    }
}
