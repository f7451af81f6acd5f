using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Checks;

/// <summary>The variables of a stage, as far as they are known without building: the base image's are asked for when one is met that the Dockerfile does not set.</summary>
internal sealed class StageVariables
{
    private const string Path = "PATH";

    private readonly char _escape;
    private readonly Lazy<ContainerConfig?> _base;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);

    /// <summary>Those of a stage that begins with an image.</summary>
    /// <param name="escape">The Dockerfile's escape character.</param>
    /// <param name="baseConfig">The image's settings; null where they are not known.</param>
    internal StageVariables(char escape, Func<ContainerConfig?> baseConfig) => (_escape, _base) = (escape, new Lazy<ContainerConfig?>(baseConfig));

    /// <summary>Those of a stage that goes on where another one ended.</summary>
    internal StageVariables(StageVariables before)
    {
        (_escape, _base) = (before._escape, before._base);
        _declared.UnionWith(before._declared);
        foreach ((string name, string value) in before._values)
        {
            _values[name] = value;
        }
    }

    /// <summary>The settings of the image that all begins with; null where they are not known.</summary>
    internal ContainerConfig? Base => _base.Value;

    /// <summary>A variable has a value from now on.</summary>
    internal void Set(string name, string value) => _values[name] = value;

    /// <summary>An ARG is there, which may have no value.</summary>
    internal void Declare(string name, string? value)
    {
        _declared.Add(name);
        if (value is not null)
        {
            _values[name] = value;
        }
    }

    /// <summary>Expands a word.</summary>
    /// <param name="text">The word.</param>
    /// <param name="missing">Gets the variables that are not defined.</param>
    /// <param name="isContent">Whether it is a here-document's content, in which quotes mean nothing.</param>
    /// <returns>What it becomes; as it is where it cannot be expanded, which the build says.</returns>
    internal string Expand(string text, ICollection<string> missing, bool isContent = false)
    {
        // Also those for which the text says what then, as ${x:-y} does.
        SortedSet<string> undefined = new(StringComparer.Ordinal);
        Expansion expansion = new(
            name =>
            {
                string? value = Lookup(name);
                if (value is null && !_declared.Contains(name))
                {
                    undefined.Add(name);
                }

                return value;
            },
            isContent ? '\\' : _escape);
        string expanded = Do(text, isContent ? expansion.Unquoted : expansion.Word, text);
        foreach (string name in undefined)
        {
            missing.Add(name);
        }

        return expanded;
    }

    /// <summary>The words that a text becomes.</summary>
    internal IReadOnlyList<string> Words(string text) => Do(text, new Expansion(Lookup, _escape).Words, []);

    /// <summary>What a variable that is not defined was meant to be.</summary>
    internal string Suggest(string name)
    {
        List<string> known = [.. _values.Keys, Path];
        foreach (string variable in Base?.Env ?? [])
        {
            known.Add(variable.Split('=')[0]);
        }

        return Suggestion.For(name, known, isExact: true);
    }

    private static T Do<T>(string text, Func<string, T> expand, T otherwise)
    {
        try
        {
            return expand(text);
        }
        catch (DockerfileException)
        {
            return otherwise;
        }
    }

    private string? Lookup(string name)
    {
        if (_values.TryGetValue(name, out string? value))
        {
            return value;
        }

        // Each image has a PATH; and what is not known is not said to be missing.
        return _declared.Contains(name) ? null
            : name == Path || Base is null ? ""
            : OfBase(name);
    }

    private string? OfBase(string name)
    {
        foreach (string variable in Base?.Env ?? [])
        {
            if (variable.Length > name.Length && variable[name.Length] == '=' && variable.StartsWith(name, StringComparison.Ordinal))
            {
                return variable[(name.Length + 1)..];
            }
        }

        return null;
    }
}
