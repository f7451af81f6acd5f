using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// A pattern of <c>${x#pattern}</c> and its kin: <c>*</c>, <c>?</c>, and backslashes before these and before <c>}</c>, <c>/</c> and
/// themselves (Dockerfile reference, "Environment replacement"). It is cut at its stars, so that every search takes time
/// proportional to value times pattern, whatever either says.
/// </summary>
internal sealed class ShellPattern
{
    // Any one character; a value never holds it, because no text of a Dockerfile does.
    private const char Any = '\uFFFF';

    private readonly List<string> _parts;

    private ShellPattern(List<string> parts) => _parts = parts;

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="DockerfileException">A backslash stands before something that needs none.</exception>
    internal static ShellPattern Parse(string pattern)
    {
        List<string> parts = [];
        StringBuilder part = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '*')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else if (c == '?')
            {
                part.Append(Any);
            }
            else if (c == '\\')
            {
                char next = ++i < pattern.Length ? pattern[i] : '\0';
                part.Append(next is '*' or '?' or '\\' or '}' or '/'
                    ? next
                    : throw new DockerfileException(LineRange.None, $"invalid pattern ({pattern}) in substitution: invalid escape '\\{next}'"));
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        return new ShellPattern(parts);
    }

    /// <summary>The same from right to left.</summary>
    internal ShellPattern Reversed()
    {
        List<string> parts = [];
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            parts.Add(Reverse(_parts[i]));
        }

        return new ShellPattern(parts);
    }

    /// <summary>How much of a value's beginning it takes; -1 where it does not match there.</summary>
    /// <param name="value">The value.</param>
    /// <param name="longest">Whether as much as it can, or as little.</param>
    internal int Prefix(ReadOnlySpan<char> value, bool longest) => Matches(value, _parts[0]) ? End(value, 0, longest) : -1;

    /// <summary>How much of a value's end it takes; -1 where it does not match there.</summary>
    internal int Suffix(string value, bool longest) => Reversed().Prefix(Reverse(value), longest);

    /// <summary>Replaces what it takes, as much as it can each time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="replacement">Instead of it.</param>
    /// <param name="all">Whether everywhere, or only where it matches first.</param>
    internal string Replace(string value, string replacement, bool all)
    {
        StringBuilder text = new();
        int copied = 0;
        int at = 0;
        while (at <= value.Length)
        {
            int start = Find(value, at, _parts[0]);
            int end = start < 0 ? -1 : End(value, start, longest: true);
            if (end < 0)
            {
                break;
            }

            text.Append(value, copied, start - copied);
            // As in Go: nothing is put in for an empty match right behind a match.
            if (end > copied || start == 0)
            {
                Expansion.Append(text, replacement);
            }

            copied = end;
            at = end > at ? end : at + 1;
            if (!all)
            {
                break;
            }
        }

        return Expansion.Append(text, value[copied..]).ToString();
    }

    /// <summary>Where a match ends that begins at <paramref name="start"/>, where its first part stands.</summary>
    private int End(ReadOnlySpan<char> value, int start, bool longest)
    {
        int at = start + _parts[0].Length;
        for (int i = 1; i < _parts.Count; i++)
        {
            string part = _parts[i];
            int found = Find(value, at, part);
            if (found < 0)
            {
                return -1;
            }

            if (longest && i == _parts.Count - 1)
            {
                found = FindLast(value, found, part);
            }

            at = found + part.Length;
        }

        return at;
    }

    private static int Find(ReadOnlySpan<char> value, int from, string part)
    {
        for (int at = from; at + part.Length <= value.Length; at++)
        {
            if (Matches(value[at..], part))
            {
                return at;
            }
        }

        return -1;
    }

    private static int FindLast(ReadOnlySpan<char> value, int from, string part)
    {
        int at = value.Length - part.Length;
        while (at > from && !Matches(value[at..], part))
        {
            at--;
        }

        return at;
    }

    private static bool Matches(ReadOnlySpan<char> value, string part)
    {
        if (value.Length < part.Length)
        {
            return false;
        }

        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] != Any && part[i] != value[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string Reverse(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        from.CopyTo(to);
        to.Reverse();
    });
}
