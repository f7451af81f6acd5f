using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Filters;

/// <summary>
/// The part of Go's regular expressions that filters are written in: literals, <c>.</c>, <c>[a-z]</c>, <c>* + ?</c>, <c>|</c>,
/// <c>^</c> and <c>$</c>. All possibilities are followed at once, so the time is bounded by pattern times text, whatever the pattern.
/// </summary>
internal sealed class TextPattern
{
    private const string Unsupported = "(){}";

    private readonly List<Branch> _branches = [];

    private TextPattern()
    {
    }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="EngineException">It has groups, counts or classes by name, or is malformed.</exception>
    internal static TextPattern Parse(string pattern)
    {
        TextPattern parsed = new();
        Branch branch = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            switch (c)
            {
                case '|':
                    parsed._branches.Add(branch);
                    branch = new Branch();
                    break;
                case '^' when branch.Items.Count == 0 && !branch.FromStart:
                    branch.FromStart = true;
                    break;
                case '$' when i + 1 == pattern.Length || pattern[i + 1] == '|':
                    branch.ToEnd = true;
                    break;
                case '*' or '+' or '?':
                    branch.Repeat(c, pattern);
                    break;
                case '.':
                    branch.Items.Add(new Item(Negated: true, [], Repeat.Once));
                    break;
                case '[':
                    branch.Items.Add(ParseSet(pattern, ref i));
                    break;
                case '\\' when i + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[i + 1]):
                    branch.Items.Add(Item.Of(pattern[++i]));
                    break;
                case '\\' or '^' or '$':
                    throw Invalid(pattern);
                default:
                    branch.Items.Add(Unsupported.Contains(c, StringComparison.Ordinal) ? throw Invalid(pattern) : Item.Of(c));
                    break;
            }
        }

        parsed._branches.Add(branch);
        return parsed;
    }

    /// <summary>Whether it is found in a text.</summary>
    internal bool IsIn(string text) => _branches.Exists(branch => branch.IsIn(text));

    private static Item ParseSet(string pattern, ref int i)
    {
        List<(char First, char Last)> ranges = [];
        bool negated = i + 1 < pattern.Length && pattern[i + 1] == '^';
        i += negated ? 2 : 1;
        for (int first = i; i < pattern.Length && (pattern[i] != ']' || i == first); i++)
        {
            if (pattern[i] is '[' or '\\')
            {
                throw Invalid(pattern);
            }

            bool range = i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']';
            ranges.Add((pattern[i], pattern[range ? i + 2 : i]));
            i += range ? 2 : 0;
        }

        return i < pattern.Length ? new Item(negated, ranges, Repeat.Once) : throw Invalid(pattern);
    }

    private static EngineException Invalid(string pattern) => EngineException.Invalid(
        $"invalid pattern '{pattern}': what can be used is text, . [a-z] * + ? | ^ and $");

    private enum Repeat
    {
        Once,
        Maybe,
        Often,
    }

    private sealed record Item(bool Negated, List<(char First, char Last)> Ranges, Repeat Times)
    {
        internal static Item Of(char c) => new(Negated: false, [(c, c)], Repeat.Once);

        internal bool Takes(char c) => Ranges.Exists(range => c >= range.First && c <= range.Last) != Negated;
    }

    private sealed class Branch
    {
        internal List<Item> Items { get; } = [];

        internal bool FromStart { get; set; }

        internal bool ToEnd { get; set; }

        internal void Repeat(char sign, string pattern)
        {
            if (Items is not [.., var last] || last.Times != TextPattern.Repeat.Once)
            {
                throw Invalid(pattern);
            }

            if (sign != '+')
            {
                Items.RemoveAt(Items.Count - 1);
            }

            Items.Add(last with { Times = sign == '?' ? TextPattern.Repeat.Maybe : TextPattern.Repeat.Often });
        }

        internal bool IsIn(string text)
        {
            bool[] now = new bool[Items.Count + 1];
            bool[] next = new bool[Items.Count + 1];
            Enter(now, 0);
            for (int i = 0; i < text.Length; i++)
            {
                if (now[^1] && !ToEnd)
                {
                    return true;
                }

                Array.Clear(next);
                for (int item = 0; item < Items.Count; item++)
                {
                    if (now[item] && Items[item].Takes(text[i]))
                    {
                        Enter(next, Items[item].Times == TextPattern.Repeat.Often ? item : item + 1);
                    }
                }

                if (!FromStart)
                {
                    Enter(next, 0);
                }

                (now, next) = (next, now);
            }

            return now[^1];
        }

        /// <summary>Marks an item as the next one, and those behind it that it may be left out for.</summary>
        private void Enter(bool[] marks, int item)
        {
            marks[item] = true;
            while (item < Items.Count && Items[item].Times != TextPattern.Repeat.Once)
            {
                marks[++item] = true;
            }
        }
    }
}
