using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>The flags of one instruction, checked against those that it has. Names that end with <c>?</c> are switches, with <c>*</c> can be repeated.</summary>
internal sealed class InstructionFlags
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Checks the flags.</summary>
    /// <exception cref="DockerfileException">One is unknown, repeated, or lacks its value.</exception>
    internal InstructionFlags(IReadOnlyList<string> written, params ReadOnlySpan<string> known)
    {
        foreach (string flag in written)
        {
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? flag[2..] : flag[2..equals];
            string? value = equals < 0 ? null : flag[(equals + 1)..];
            char kind = Kind(name, known);
            if (_values.TryGetValue(name, out List<string>? values) && kind != '*')
            {
                throw Wrong($"duplicate flag specified: --{name}");
            }

            if (value is null && kind != '?')
            {
                throw Wrong($"missing a value on flag: --{name}");
            }

            if (values is null)
            {
                _values[name] = values = [];
            }

            values.Add(kind == '?' ? Switch(name, value) : value!);
        }
    }

    /// <summary>A flag's value; null where it is not given.</summary>
    internal string? Text(string name) => _values.TryGetValue(name, out List<string>? values) ? values[0] : null;

    /// <summary>All values of a flag that can be repeated.</summary>
    internal IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out List<string>? values) ? values : [];

    /// <summary>What a switch says; null where it is not given.</summary>
    internal bool? Switch(string name) => Text(name) is { } value ? value == "true" : null;

    private static char Kind(string name, ReadOnlySpan<string> known)
    {
        List<string> names = [];
        foreach (string flag in known)
        {
            string plain = flag.TrimEnd('?', '*');
            if (plain == name)
            {
                return flag[^1];
            }

            names.Add(plain);
        }

        throw Wrong($"unknown flag: --{name}{Suggestion.For(name, names)}");
    }

    private static string Switch(string name, string? value) => value?.ToLowerInvariant() switch
    {
        null or "true" => "true",
        "false" => "false",
        "" => throw Wrong($"missing a value on flag: --{name}"),
        _ => throw Wrong($"expecting boolean value for flag --{name}, not: {value}"),
    };

    private static DockerfileException Wrong(string message) => new(LineRange.None, message);
}
