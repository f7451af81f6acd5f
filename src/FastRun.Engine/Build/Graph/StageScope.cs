using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Graph;

/// <summary>The variables of a stage: its ENVs and the ARGs that were declared so far. Of an ENV and an ARG of one name the later one counts, as in BuildKit.</summary>
internal sealed class StageScope
{
    private readonly BuildArguments _arguments;
    private readonly char _escape;
    private readonly List<KeyValuePair<string, string?>> _declared = [];

    // ARGs that got their value behind the ENV of their name.
    private readonly HashSet<string> _hiding = new(StringComparer.Ordinal);

    /// <summary>An empty scope.</summary>
    internal StageScope(BuildArguments arguments, char escape) => (_arguments, _escape) = (arguments, escape);

    /// <summary>The scope of a stage that goes on where another one ended: its ARGs are inherited.</summary>
    internal StageScope(BuildArguments arguments, char escape, StageScope before)
        : this(arguments, escape)
    {
        _declared.AddRange(before._declared);
        _hiding.UnionWith(before._hiding);
    }

    /// <summary>The ENVs, <c>NAME=value</c>.</summary>
    internal IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>The ARGs, as history tells them of a RUN: what has no value is told as empty.</summary>
    internal IReadOnlyList<string> Arguments => [.. _declared.Select(argument => $"{argument.Key}={Lookup(argument.Key)}")];

    /// <summary>The environment of a RUN; without the proxies, which are no part of its key.</summary>
    internal IReadOnlyList<string> ForProcess =>
    [
        .. _declared
            .Where(argument => argument.Value is not null && (_hiding.Contains(argument.Key) || OfEnvironment(argument.Key) is null))
            .Select(static argument => $"{argument.Key}={argument.Value}"),
        .. Environment.Where(variable => !_hiding.Contains(variable.Split('=')[0])),
    ];

    /// <summary>An ENV has given these variables a value: no ARG before it counts any more.</summary>
    internal void Set(IEnumerable<string> names) => _hiding.ExceptWith(names);

    /// <summary>Expands values with these variables.</summary>
    internal Expansion Expansion() => new(Lookup, _escape);

    /// <summary>The value of a variable; null where there is none.</summary>
    internal string? Lookup(string name)
    {
        int at = IndexOf(name);
        string? argument = at < 0 ? null : _declared[at].Value;
        return _hiding.Contains(name) ? argument : OfEnvironment(name) ?? argument;
    }

    /// <summary>Declares what an ARG says.</summary>
    /// <returns>The names with their values, as history tells them.</returns>
    /// <exception cref="DockerfileException">A value cannot be expanded.</exception>
    internal IReadOnlyList<string> Declare(ArgInstruction instruction)
    {
        List<string> told = [];
        foreach (Assignment argument in instruction.Arguments)
        {
            // Each sees those before it on its line.
            Expansion expansion = Expansion();
            string name = expansion.Word(argument.Name);
            string? value = _arguments.Given(name)
                ?? (argument.Value is null ? _arguments.Global(name) : expansion.Word(argument.Value));
            int at = IndexOf(name);
            if (at < 0)
            {
                _declared.Add(new(name, value));
            }
            else if (value is not null)
            {
                _declared[at] = new(name, value);
            }

            if (value is not null && OfEnvironment(name) is not null)
            {
                _hiding.Add(name);
            }

            told.Add(value is null ? name : $"{name}={value}");
        }

        return told;
    }

    private int IndexOf(string name) => _declared.FindIndex(argument => argument.Key == name);

    private string? OfEnvironment(string name)
    {
        foreach (string variable in Environment)
        {
            if (variable.Length > name.Length && variable[name.Length] == '=' && variable.StartsWith(name, StringComparison.Ordinal))
            {
                return variable[(name.Length + 1)..];
            }
        }

        return null;
    }
}
