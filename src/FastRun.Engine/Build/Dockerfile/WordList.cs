using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>Words of an instruction before expansion.</summary>
internal static class WordList
{
    /// <summary>Splits at white space alone: quotes mean nothing (FROM, COPY, EXPOSE).</summary>
    internal static IReadOnlyList<string> Plain(string text) =>
        text.Split((char[])[' ', '\t', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Splits at white space that is neither quoted nor escaped; quotes and escapes stay (ENV, LABEL, ARG).</summary>
    internal static IReadOnlyList<string> Quoted(string text, char escape)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == escape && quote != '\'')
            {
                // One at the very end is dropped.
                if (i + 1 < text.Length)
                {
                    word.Append(c).Append(text[++i]);
                }

                continue;
            }

            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Finish(words, word);
                continue;
            }

            quote = quote == '\0' && c is '"' or '\'' ? c : quote == c ? '\0' : quote;
            word.Append(c);
        }

        Finish(words, word);
        return words;
    }

    /// <summary>Takes the flags (<c>--name=value</c>) off the beginning; quotes and backslashes in them come off.</summary>
    /// <param name="text">What follows an instruction's name.</param>
    /// <param name="flags">The flags; a lone <c>--</c>, which ends them, is none.</param>
    /// <returns>The rest, trimmed.</returns>
    internal static string Flags(string text, List<string> flags)
    {
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (string.CompareOrdinal(text, at, "--", 0, 2) != 0)
            {
                return text[at..].Trim();
            }

            string flag = Flag(text, ref at);
            if (flag == "--")
            {
                return text[at..].Trim();
            }

            flags.Add(flag);
        }
    }

    private static string Flag(string text, ref int at)
    {
        StringBuilder flag = new();
        char quote = '\0';
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                break;
            }

            if (c == quote || (quote == '\0' && c is '"' or '\''))
            {
                quote = c == quote ? '\0' : c;
            }
            else if (c != '\\')
            {
                flag.Append(c);
            }
            else if (at + 1 < text.Length)
            {
                flag.Append(text[++at]);
            }
        }

        return flag.ToString();
    }

    private static void Finish(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
