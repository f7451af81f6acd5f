using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Ignore;

/// <summary>A part of a <see cref="PathPattern"/>.</summary>
internal sealed class PatternToken
{
    private readonly Rune _literal;
    private readonly List<(Rune First, Rune Last)> _ranges = [];
    private bool _negated;

    private PatternToken(PatternTokenKind kind, Rune literal = default) => (Kind, _literal) = (kind, literal);

    internal static PatternToken Any { get; } = new(PatternTokenKind.Any);

    internal static PatternToken Name { get; } = new(PatternTokenKind.Name);

    internal static PatternToken Directories { get; } = new(PatternTokenKind.Directories);

    internal static PatternToken InDirectories { get; } = new(PatternTokenKind.InDirectories);

    internal static PatternToken Rest { get; } = new(PatternTokenKind.Rest);

    internal PatternTokenKind Kind { get; }

    internal static PatternToken Literal(Rune rune) => new(PatternTokenKind.Literal, rune);

    /// <summary>Parses a set whose syntax was checked.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="at">Behind the opening bracket; becomes behind the closing one.</param>
    internal static PatternToken Set(string pattern, ref int at)
    {
        PatternToken set = new(PatternTokenKind.Set);
        Read(pattern, ref at, set);
        return set;
    }

    /// <summary>Looks whether a set is well formed, and passes it.</summary>
    internal static bool SkipSet(string pattern, ref int at) => Read(pattern, ref at, new PatternToken(PatternTokenKind.Set));

    /// <summary>Whether it takes a character.</summary>
    internal bool Takes(Rune rune)
    {
        if (Kind == PatternTokenKind.Literal)
        {
            return rune == _literal;
        }

        if (Kind == PatternTokenKind.Any)
        {
            return rune.Value != '/';
        }

        bool found = false;
        foreach ((Rune first, Rune last) in _ranges)
        {
            found |= rune >= first && rune <= last;
        }

        return found != _negated;
    }

    private static bool Read(string pattern, ref int at, PatternToken set)
    {
        set._negated = at < pattern.Length && pattern[at] == '^';
        at += set._negated ? 1 : 0;
        while (true)
        {
            if (at < pattern.Length && pattern[at] == ']' && set._ranges.Count > 0)
            {
                at++;
                return true;
            }

            if (Character(pattern, ref at) is not { } first)
            {
                return false;
            }

            Rune last = first;
            if (at < pattern.Length && pattern[at] == '-')
            {
                at++;
                if (Character(pattern, ref at) is not { } end)
                {
                    return false;
                }

                last = end;
            }

            set._ranges.Add((first, last));
        }
    }

    /// <summary>A character of a set; - and ] only behind a backslash.</summary>
    private static Rune? Character(string pattern, ref int at)
    {
        if (at >= pattern.Length || pattern[at] is '-' or ']')
        {
            return null;
        }

        if (pattern[at] == '\\' && ++at >= pattern.Length)
        {
            return null;
        }

        Rune rune = Rune.GetRuneAt(pattern, at);
        at += rune.Utf16SequenceLength;
        return at < pattern.Length ? rune : null;
    }
}
