using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// Expands words of a Dockerfile: quotes and escapes come off, variables get their values (Dockerfile reference, "Environment replacement").
/// One object is for one thread. Errors are of no line; the caller adds that (<see cref="DockerfileException.At"/>).
/// </summary>
internal sealed class Expansion
{
    /// <summary>The longest text that a word may become: ENV after ENV can double it, and the kernel takes no longer ones.</summary>
    internal const int LongestText = 1 << 20;

    private readonly Func<string, string?> _lookup;
    private readonly char _escape;

    /// <summary>An expansion.</summary>
    /// <param name="lookup">The value of a variable; null where there is none.</param>
    /// <param name="escape">The Dockerfile's escape character.</param>
    internal Expansion(Func<string, string?> lookup, char escape = '\\') => (_lookup, _escape) = (lookup, escape);

    /// <summary>The variables that were asked for and had a value.</summary>
    internal HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>The variables that were asked for and had none, where the text does not say what then (<c>${x:-y}</c>).</summary>
    internal HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether quotes stay.</summary>
    internal bool KeepQuotes { get; init; }

    /// <summary>Whether escapes stay.</summary>
    internal bool KeepEscapes { get; init; }

    /// <summary>Whether variables without a value stay as they are written.</summary>
    internal bool KeepUnset { get; init; }

    /// <summary>Expands one word, which stays one word.</summary>
    /// <exception cref="DockerfileException">A quote or brace is not closed, a modifier is unknown, or <c>${x:?}</c> says so.</exception>
    internal string Word(string word) => Walk(word, quotes: true).Text;

    /// <summary>Expands a text and divides it at white space that is neither quoted nor escaped, also at that of values.</summary>
    /// <exception cref="DockerfileException">As <see cref="Word"/>.</exception>
    internal IReadOnlyList<string> Words(string text) => Walk(text, quotes: true).Words;

    /// <summary>Expands the content of an inline file of COPY or ADD: quotes mean nothing there.</summary>
    /// <exception cref="DockerfileException">As <see cref="Word"/>.</exception>
    internal static string Content(string text, Func<string, string?> lookup) => new Expansion(lookup).Unquoted(text);

    /// <summary>The same with this object's variables.</summary>
    /// <exception cref="DockerfileException">As <see cref="Word"/>.</exception>
    internal string Unquoted(string text) => Walk(text, quotes: false).Text;

    /// <summary>Appends a text to one that does not become longer than <see cref="LongestText"/>.</summary>
    /// <exception cref="DockerfileException">It would.</exception>
    internal static StringBuilder Append(StringBuilder text, string more) => text.Length + more.Length <= LongestText
        ? text.Append(more)
        : throw new DockerfileException(
            LineRange.None, string.Create(CultureInfo.InvariantCulture, $"a value becomes longer than {LongestText} characters"));

    /// <summary>Looks a variable up and notes whether it has a value.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="isMissed">Whether nothing is said for the case that it has none, as <c>${x:-y}</c> does.</param>
    internal string? Lookup(string name, bool isMissed = true)
    {
        string? value = _lookup(name);
        if (value is not null)
        {
            Used.Add(name);
        }
        else if (isMissed)
        {
            Missing.Add(name);
        }

        return value;
    }

    private (string Text, IReadOnlyList<string> Words) Walk(string text, bool quotes)
    {
        try
        {
            return new ExpansionWalk(this, text, _escape, quotes).Whole();
        }
        catch (DockerfileException e)
        {
            throw new DockerfileException(e.Lines, $"failed to process {Quoted(text)}: {e.Message}");
        }
    }

    /// <summary>A text in double quotes, as Go's <c>%q</c> writes it.</summary>
    internal static string Quoted(string text)
    {
        const int longest = 200;
        StringBuilder quoted = new("\"");
        foreach (char c in text.Length > longest ? text[..longest] + "..." : text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
