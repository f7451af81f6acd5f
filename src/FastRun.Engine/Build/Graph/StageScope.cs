using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Graph;

/// <summary>The variables of a stage: its ENVs and, where no ENV has the name, the ARGs that were declared so far.</summary>
internal sealed class StageScope
{
    private readonly BuildArguments _arguments;
    private readonly char _escape;
    private readonly List<KeyValuePair<string, string?>> _declared = [];

    /// <summary>An empty scope.</summary>
    internal StageScope(BuildArguments arguments, char escape) => (_arguments, _escape) = (arguments, escape);

    /// <summary>The scope of a stage that goes on where another one ended: its ARGs are inherited.</summary>
    internal StageScope(BuildArguments arguments, char escape, StageScope before)
        : this(arguments, escape) => _declared.AddRange(before._declared);

    /// <summary>The ENVs, <c>NAME=value</c>.</summary>
    internal IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>The ARGs that have a value, as history tells them of a RUN.</summary>
    internal IReadOnlyList<string> Arguments =>
        [.. _declared.Where(static argument => argument.Value is not null).Select(argument => $"{argument.Key}={Lookup(argument.Key)}")];

    /// <summary>The environment of a RUN; without the proxies, which are no part of its key.</summary>
    internal IReadOnlyList<string> ForProcess =>
    [
        .. _declared
            .Where(argument => argument.Value is not null && OfEnvironment(argument.Key) is null)
            .Select(static argument => $"{argument.Key}={argument.Value}"),
        .. Environment,
    ];

    /// <summary>Expands values with these variables.</summary>
    internal Expansion Expansion() => new(Lookup, _escape);

    /// <summary>The value of a variable; null where there is none.</summary>
    internal string? Lookup(string name)
    {
        int at = _declared.FindLastIndex(argument => argument.Key == name);
        return OfEnvironment(name) ?? (at < 0 ? null : _declared[at].Value);
    }

    /// <summary>Declares what an ARG says.</summary>
    /// <returns>The names with their values, as history tells them.</returns>
    /// <exception cref="DockerfileException">A value cannot be expanded.</exception>
    internal IReadOnlyList<string> Declare(ArgInstruction instruction)
    {
        Expansion expansion = Expansion();
        List<string> told = [];
        List<KeyValuePair<string, string?>> declared = [];
        foreach (Assignment argument in instruction.Arguments)
        {
            string name = expansion.Word(argument.Name);
            string? value = _arguments.Given(name)
                ?? (argument.Value is null ? _arguments.Global(name) : expansion.Word(argument.Value));
            declared.Add(new(name, value));
            told.Add(value is null ? name : $"{name}={value}");
        }

        foreach (KeyValuePair<string, string?> argument in declared)
        {
            _declared.RemoveAll(before => before.Key == argument.Key);
            _declared.Add(argument);
        }

        return told;
    }

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
