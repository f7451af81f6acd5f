using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Engine.Build.Cache;

/// <summary>
/// Which of what builds keep is meant: conditions that all hold, or one of several such lists. BuildKit's clients write them as
/// <c>type==regular,id~=^ab,shared</c> (containerd's filters), those of the Engine API by key (BuildPrune).
/// </summary>
public sealed class BuildCacheFilter
{
    private static readonly string[] s_words = ["id", "type", "description", "parent", "parents"];
    private static readonly string[] s_facts = ["inuse", "shared", "private", "mutable", "immutable"];

    private readonly List<List<Condition>> _alternatives = [];

    private BuildCacheFilter()
    {
    }

    /// <summary>One that lets everything through.</summary>
    public static BuildCacheFilter Everything { get; } = new();

    /// <summary>Reads the filters of a client of BuildKit, one of which has to hold.</summary>
    /// <exception cref="EngineException">One is none.</exception>
    public static BuildCacheFilter Parse(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        BuildCacheFilter filter = new();
        foreach (string text in texts)
        {
            if (text.Length > 0)
            {
                filter._alternatives.Add(ParseConditions(text));
            }
        }

        return filter;
    }

    /// <summary>Reads the filters of <c>--filter</c> and of the Engine API, but for <c>until</c>. An id is a pattern.</summary>
    /// <exception cref="EngineException">One is not known, or has several values.</exception>
    public static BuildCacheFilter Of(FilterTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        terms.RequireKnown([.. s_words, .. s_facts]);
        List<Condition> conditions = [];
        foreach (string key in terms.Keys)
        {
            if (terms.Values(key) is not [var value])
            {
                throw EngineException.Invalid($"invalid filter '{key}': filters expect only one value");
            }

            conditions.Add(Array.IndexOf(s_facts, key) >= 0
                ? new Condition(key, value is "" or "1" or "true" ? Comparison.Is : value is "0" or "false" ? Comparison.IsNot : throw FilterTerms.Invalid(key, value), "", null)
                : key == "id" ? new Condition(key, Comparison.Matches, value, TextPattern.Parse(value))
                : new Condition(key, Comparison.Equal, value, null));
        }

        BuildCacheFilter filter = new();
        if (conditions.Count > 0)
        {
            filter._alternatives.Add(conditions);
        }

        return filter;
    }

    /// <summary>Whether it lets something through.</summary>
    public bool Matches(BuildCacheEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _alternatives.Count == 0 || _alternatives.Exists(conditions => conditions.TrueForAll(condition => Holds(condition, entry)));
    }

    private static List<Condition> ParseConditions(string text)
    {
        List<Condition> conditions = [];
        for (int at = 0; at <= text.Length; at++)
        {
            int end = at;
            for (bool isQuoted = false; end < text.Length && (isQuoted || text[end] != ','); end++)
            {
                isQuoted ^= text[end] == '"';
            }

            conditions.Add(ParseCondition(text[at..end].Trim(), text));
            at = end;
        }

        return conditions;
    }

    private static Condition ParseCondition(string text, string whole)
    {
        int end = text.AsSpan().IndexOfAny("=!~");
        string field = end < 0 ? text : text[..end];
        bool isFact = Array.IndexOf(s_facts, field) >= 0;
        if (!isFact && Array.IndexOf(s_words, field) < 0)
        {
            throw EngineException.Invalid($"invalid filter '{whole}': there is no field {field}");
        }

        if (end < 0)
        {
            return new Condition(field, Comparison.Is, "", null);
        }

        if (isFact || end + 2 > text.Length)
        {
            throw EngineException.Invalid($"invalid filter '{whole}': {field} is a fact, or its value is missing");
        }

        string value = text[(end + 2)..];
        value = value is ['"', .., '"'] ? value[1..^1] : value;
        return text.Substring(end, 2) switch
        {
            "==" => new Condition(field, Comparison.Equal, value, null),
            "!=" => new Condition(field, Comparison.NotEqual, value, null),
            "~=" => new Condition(field, Comparison.Matches, value, TextPattern.Parse(value)),
            _ => throw EngineException.Invalid($"invalid filter '{whole}': {field} is compared by ==, != and ~="),
        };
    }

    private static bool Holds(Condition condition, BuildCacheEntry entry)
    {
        bool isMount = entry.Type != "regular";
        string text = condition.Field switch
        {
            "id" => entry.Id,
            "type" => entry.Type,
            "description" => entry.Description,
            _ => "",
        };
        bool fact = condition.Field switch
        {
            "inuse" => entry.IsInUse,
            "shared" => entry.IsShared,
            "private" => !entry.IsShared,
            "mutable" => isMount,
            "immutable" => !isMount,
            _ => text.Length > 0,
        };
        return condition.Comparison switch
        {
            Comparison.Is => fact,
            Comparison.IsNot => !fact,
            Comparison.Equal => text == condition.Value,
            Comparison.NotEqual => text != condition.Value,
            _ => condition.Pattern!.IsIn(text),
        };
    }

    private enum Comparison
    {
        Is,
        IsNot,
        Equal,
        NotEqual,
        Matches,
    }

    private sealed class Condition(string field, Comparison comparison, string value, TextPattern? pattern)
    {
        internal string Field { get; } = field;

        internal Comparison Comparison { get; } = comparison;

        internal string Value { get; } = value;

        internal TextPattern? Pattern { get; } = pattern;
    }
}
