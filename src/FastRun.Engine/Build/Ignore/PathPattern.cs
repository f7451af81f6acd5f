using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Ignore;

/// <summary>
/// One pattern for paths, with moby's meaning (moby/patternmatcher): <c>*</c> and <c>?</c> stay within a name, <c>**</c> crosses
/// directories, brackets are a set, a backslash takes the next character as it is. Matching takes time proportional to pattern times path.
/// </summary>
internal sealed class PathPattern
{
    private readonly Kind _kind;
    private readonly string _text;
    private readonly PatternToken[] _tokens;

    private PathPattern(Kind kind, string text, PatternToken[] tokens) => (_kind, _text, _tokens) = (kind, text, tokens);

    private enum Kind
    {
        Exact,
        Prefix,
        Suffix,
        Tokens,
    }

    /// <summary>The pattern up to its first wildcard.</summary>
    internal string LiteralStart { get; private init; } = "";

    /// <summary>Whether there is a wildcard in it.</summary>
    internal bool HasWildcard => _kind != Kind.Exact;

    /// <summary>Parses a cleaned pattern.</summary>
    /// <returns>The pattern; null where its syntax is wrong.</returns>
    internal static PathPattern? TryParse(string pattern)
    {
        if (!IsValid(pattern))
        {
            return null;
        }

        Kind kind = Kind.Exact;
        List<PatternToken> tokens = [];
        string start = "";
        bool literal = true;
        int ordinal = 0;
        int at = 0;
        while (at < pattern.Length)
        {
            char c = pattern[at];
            bool plain = c is not ('*' or '?' or '[' or ']' or '\\');
            literal &= plain;
            if (plain)
            {
                Rune rune = Rune.GetRuneAt(pattern, at);
                at += rune.Utf16SequenceLength;
                tokens.Add(PatternToken.Literal(rune));
                start = literal ? pattern[..at] : start;
                ordinal++;
                continue;
            }

            at++;
            if (c == '*' && at < pattern.Length && pattern[at] == '*')
            {
                at += at + 1 < pattern.Length && pattern[at + 1] == '/' ? 2 : 1;
                bool last = at >= pattern.Length;
                kind = ordinal == 0 ? Kind.Suffix : last && kind == Kind.Exact ? Kind.Prefix : Kind.Tokens;
                tokens.Add(last ? PatternToken.Rest : PatternToken.Directories);
                if (!last)
                {
                    tokens.Add(PatternToken.InDirectories);
                }
            }
            else if (c is '*' or '?')
            {
                tokens.Add(c == '*' ? PatternToken.Name : PatternToken.Any);
                kind = Kind.Tokens;
            }
            else if (c == '[')
            {
                tokens.Add(PatternToken.Set(pattern, ref at));
                kind = Kind.Tokens;
            }
            else
            {
                // A lone ] is itself; a backslash takes the next one.
                Rune rune = c == ']' ? new Rune(']') : Rune.GetRuneAt(pattern, at);
                at += c == ']' ? 0 : rune.Utf16SequenceLength;
                tokens.Add(PatternToken.Literal(rune));
                kind = Kind.Tokens;
            }

            ordinal++;
        }

        return kind switch
        {
            Kind.Prefix => new PathPattern(kind, pattern[..^2], []) { LiteralStart = start },
            Kind.Suffix => new PathPattern(kind, pattern[2..], []),
            _ => new PathPattern(kind, pattern, [.. tokens]) { LiteralStart = start },
        };
    }

    /// <summary>Whether it matches a whole path, without a slash before it.</summary>
    internal bool Matches(ReadOnlySpan<char> path) => _kind switch
    {
        Kind.Exact => path.SequenceEqual(_text),
        Kind.Prefix => path.StartsWith(_text),
        Kind.Suffix => path.EndsWith(_text) || (_text.StartsWith('/') && path.SequenceEqual(_text.AsSpan(1))),
        _ => MatchesTokens(path),
    };

    /// <summary>All states of the pattern at once, one bit each.</summary>
    private bool MatchesTokens(ReadOnlySpan<char> path)
    {
        int words = (_tokens.Length / 64) + 1;
        Span<ulong> now = words <= 16 ? stackalloc ulong[words] : new ulong[words];
        Span<ulong> next = words <= 16 ? stackalloc ulong[words] : new ulong[words];
        now.Clear();
        Enter(now, 0);
        while (!path.IsEmpty)
        {
            Rune.DecodeFromUtf16(path, out Rune rune, out int length);
            path = path[length..];
            next.Clear();
            bool any = false;
            for (int word = 0; word < words; word++)
            {
                for (ulong bits = now[word]; bits != 0; bits &= bits - 1)
                {
                    int state = (word * 64) + System.Numerics.BitOperations.TrailingZeroCount(bits);
                    any |= state < _tokens.Length && Step(next, state, rune);
                }
            }

            if (!any)
            {
                return false;
            }

            Span<ulong> swap = now;
            now = next;
            next = swap;
        }

        return (now[_tokens.Length / 64] >> (_tokens.Length % 64) & 1) != 0;
    }

    /// <summary>Where a state leads with a character.</summary>
    private bool Step(Span<ulong> next, int state, Rune rune)
    {
        PatternToken token = _tokens[state];
        switch (token.Kind)
        {
            case PatternTokenKind.Name when rune.Value != '/':
            case PatternTokenKind.Rest:
                Enter(next, state);
                return true;
            case PatternTokenKind.InDirectories:
                Enter(next, state);
                if (rune.Value == '/')
                {
                    Enter(next, state + 1);
                }

                return true;
            case PatternTokenKind.Name or PatternTokenKind.Directories:
                return false;
            default:
                if (!token.Takes(rune))
                {
                    return false;
                }

                Enter(next, state + 1);
                return true;
        }
    }

    /// <summary>Adds a state, and those that are reached from it without a character.</summary>
    private void Enter(Span<ulong> states, int state)
    {
        while (true)
        {
            ulong bit = 1UL << (state % 64);
            bool known = (states[state / 64] & bit) != 0;
            states[state / 64] |= bit;
            if (known || state >= _tokens.Length)
            {
                return;
            }

            switch (_tokens[state].Kind)
            {
                case PatternTokenKind.Name or PatternTokenKind.Rest:
                    state++;
                    break;
                case PatternTokenKind.Directories:
                    // Into the directories, or past them.
                    states[(state + 1) / 64] |= 1UL << ((state + 1) % 64);
                    state += 2;
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>The syntax of Go's filepath.Match: sets are closed and not empty, a backslash is not the end.</summary>
    private static bool IsValid(string pattern)
    {
        for (int at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '\\' && ++at >= pattern.Length)
            {
                return false;
            }

            if (pattern[at] == '[' && (at == 0 || pattern[at - 1] != '\\' || IsEscaped(pattern, at - 1)))
            {
                at++;
                if (!PatternToken.SkipSet(pattern, ref at))
                {
                    return false;
                }

                at--;
            }
        }

        return true;
    }

    /// <summary>Whether the backslash at a place is itself behind one.</summary>
    private static bool IsEscaped(string pattern, int at)
    {
        int backslashes = 0;
        while (at > 0 && pattern[at - 1] == '\\')
        {
            at--;
            backslashes++;
        }

        return backslashes % 2 == 1;
    }
}
