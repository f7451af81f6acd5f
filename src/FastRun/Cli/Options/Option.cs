using System;

namespace FastRun.Cli.Options;

/// <summary>One flag of a command: what parsing, help and the documents know of it.</summary>
internal sealed class Option
{
    /// <summary>A flag that takes a value.</summary>
    /// <param name="name">The long name without dashes.</param>
    /// <param name="shorthand">The letter of the short form, or NUL.</param>
    /// <param name="valueName">What help calls the value.</param>
    /// <param name="description">One or two sentences' worth, without a full stop.</param>
    /// <param name="apply">Takes the value; throws an EngineException for a bad one.</param>
    internal Option(string name, char shorthand, string valueName, string description, Action<string> apply)
    {
        Name = name;
        Shorthand = shorthand;
        ValueName = valueName;
        Description = description;
        Apply = apply;
    }

    private Option(string name, char shorthand, string description, Action<string> apply)
    {
        Name = name;
        Shorthand = shorthand;
        Description = description;
        Apply = apply;
    }

    internal string Name { get; }

    internal char Shorthand { get; }

    /// <summary>Null for a switch, which takes a value only behind an equals sign.</summary>
    internal string? ValueName { get; private init; }

    internal string Description { get; }

    internal Action<string> Apply { get; }

    /// <summary>An older name that parsing knows and help does not tell.</summary>
    internal bool IsHidden { get; private init; }

    internal bool IsSwitch => ValueName is null;

    /// <summary>Whether it was on the command line.</summary>
    internal bool IsGiven { get; set; }

    /// <summary>The form that error messages use: <c>-m, --memory</c>.</summary>
    internal string Display => Shorthand == '\0' ? "--" + Name : $"-{Shorthand}, --{Name}";

    /// <summary>A flag that is true when it stands alone.</summary>
    internal static Option Switch(string name, char shorthand, string description, Action<bool> apply) =>
        new(name, shorthand, description, value => apply(Values.Boolean(value)));

    /// <summary>The same flag under the other name that Docker knows it by.</summary>
    internal Option Alias(string name) => new(name, '\0', Description, Apply) { ValueName = ValueName, IsHidden = true };
}
