using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>What begins a here-document: <c>&lt;&lt;NAME</c>, <c>&lt;&lt;-NAME</c>, with a number before it, with the name in quotes.</summary>
internal static class HeredocSyntax
{
    /// <summary>The here-documents that a line announces, without content, in their order.</summary>
    internal static IReadOnlyList<Heredoc> Find(string line)
    {
        List<Heredoc> found = [];
        if (!line.Contains("<<", StringComparison.Ordinal))
        {
            return found;
        }

        foreach (string word in TryWords(line, raw: true))
        {
            if (TryParse(word) is { } heredoc)
            {
                found.Add(heredoc);
            }
        }

        return found;
    }

    /// <summary>Parses one word; null where it begins none.</summary>
    internal static Heredoc? TryParse(string word)
    {
        ReadOnlySpan<char> rest = word.AsSpan().TrimStart("0123456789");
        if (!rest.StartsWith("<<"))
        {
            return null;
        }

        rest = rest[2..];
        bool strip = rest.StartsWith("-");
        string name = rest[(strip ? 1 : 0)..].ToString();
        if (name.Length == 0 || name.Contains('<', StringComparison.Ordinal))
        {
            return null;
        }

        IReadOnlyList<string> words = TryWords(name, raw: false);
        if (words.Count != 1)
        {
            return null;
        }

        // Any quote or escape in it means that the content is taken as it stands.
        IReadOnlyList<string> raw = TryWords(name, raw: true);
        return new Heredoc(words[0], "", strip, raw.Count == 1 && raw[0] == words[0]);
    }

    private static IReadOnlyList<string> TryWords(string text, bool raw)
    {
        try
        {
            return new Expansion(static _ => null) { KeepQuotes = raw, KeepEscapes = raw, KeepUnset = true }.Words(text);
        }
        catch (DockerfileException)
        {
            return [];
        }
    }
}
