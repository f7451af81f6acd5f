using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Filters;

/// <summary>What <c>--filter KEY=VALUE</c> asks for (Engine API, filters): values by key; several of one key are alternatives, but for labels.</summary>
public sealed class FilterTerms
{
    private readonly Dictionary<string, List<string>> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextPattern> _patterns = new(StringComparer.Ordinal);

    /// <summary>The keys that were given.</summary>
    public IReadOnlyCollection<string> Keys => _terms.Keys;

    /// <summary>Adds a term.</summary>
    /// <param name="text"><c>KEY=VALUE</c>; <c>label!=VALUE</c> has the key <c>label!</c>.</param>
    /// <exception cref="EngineException">It is no such text.</exception>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw EngineException.Invalid("bad format of filter (expected name=value)");
        }

        Add(text[..equals].Trim().ToLowerInvariant(), text[(equals + 1)..].Trim());
    }

    /// <summary>Adds a value for a key.</summary>
    public void Add(string key, string value)
    {
        if (!_terms.TryGetValue(key, out List<string>? values))
        {
            _terms.Add(key, values = []);
        }

        values.Add(value);
    }

    /// <summary>Whether a key was given.</summary>
    public bool Has(string key) => _terms.ContainsKey(key);

    /// <summary>All terms but those of one key.</summary>
    public FilterTerms Without(string key)
    {
        FilterTerms rest = new();
        foreach ((string other, List<string> values) in _terms)
        {
            if (other != key)
            {
                rest._terms.Add(other, values);
            }
        }

        return rest;
    }

    /// <summary>The values of a key; none where it was not given.</summary>
    public IReadOnlyList<string> Values(string key) => _terms.TryGetValue(key, out List<string>? values) ? values : [];

    /// <summary>Refuses keys that mean nothing here.</summary>
    /// <exception cref="EngineException">There is such a key.</exception>
    public void RequireKnown(params ReadOnlySpan<string> known)
    {
        foreach (string key in Keys)
        {
            if (known.IndexOf(key) < 0)
            {
                throw EngineException.Invalid($"invalid filter '{key}'");
            }
        }
    }

    /// <summary>A yes or no; null where the key was not given.</summary>
    /// <exception cref="EngineException">It is neither, or both.</exception>
    public bool? Flag(string key)
    {
        bool? flag = null;
        foreach (string value in Values(key))
        {
            bool next = value switch
            {
                "1" or "true" => true,
                "0" or "false" => false,
                _ => throw Invalid(key, $"[{value}]"),
            };
            flag = flag is null || flag == next ? next : throw Invalid(key, $"[{value}]");
        }

        return flag;
    }

    /// <summary>Whether a text is one of the key's values, or one of them, as a pattern, is found in it; true where the key was not given.</summary>
    /// <exception cref="EngineException">A value is no pattern.</exception>
    internal bool Matches(string key, string text)
    {
        IReadOnlyList<string> values = Values(key);
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == text || PatternOf(values[i]).IsIn(text))
            {
                return true;
            }
        }

        return values.Count == 0;
    }

    /// <summary>Whether a text is one of the key's values; true where the key was not given.</summary>
    internal bool IsOneOf(string key, string text)
    {
        IReadOnlyList<string> values = Values(key);
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == text)
            {
                return true;
            }
        }

        return values.Count == 0;
    }

    /// <summary>Refuses values of a key that are no patterns, before there is anything to match.</summary>
    /// <exception cref="EngineException">There is one.</exception>
    internal void RequirePatterns(string key)
    {
        IReadOnlyList<string> values = Values(key);
        for (int i = 0; i < values.Count; i++)
        {
            _ = PatternOf(values[i]);
        }
    }

    /// <summary>Whether labels have all that <c>label</c> asks for, and none that <c>label!</c> does.</summary>
    internal bool MatchesLabels(IReadOnlyDictionary<string, string> labels)
    {
        foreach (string wanted in Values("label"))
        {
            if (!HasLabel(labels, wanted))
            {
                return false;
            }
        }

        foreach (string unwanted in Values("label!"))
        {
            if (HasLabel(labels, unwanted))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A value that the key cannot have.</summary>
    internal static EngineException Invalid(string key, string value) => EngineException.Invalid($"invalid filter '{key}={value}'");

    private static bool HasLabel(IReadOnlyDictionary<string, string> labels, string term)
    {
        int equals = term.IndexOf('=', StringComparison.Ordinal);
        return labels.TryGetValue(equals < 0 ? term : term[..equals], out string? value) && (equals < 0 || value == term[(equals + 1)..]);
    }

    private TextPattern PatternOf(string value)
    {
        if (!_patterns.TryGetValue(value, out TextPattern? pattern))
        {
            _patterns.Add(value, pattern = TextPattern.Parse(value));
        }

        return pattern;
    }
}
