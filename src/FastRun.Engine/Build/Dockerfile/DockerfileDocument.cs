using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Dockerfile.Instructions;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>
/// A Dockerfile as it is written. No value is expanded: each instruction says which of its fields hold variables, and the builder
/// expands them with <see cref="Expansion"/> when it comes to the instruction, because ARG and ENV before it decide what they mean.
/// </summary>
internal sealed record DockerfileDocument
{
    /// <summary>The lines of the file, without their ends; the first is line 1.</summary>
    internal required IReadOnlyList<string> Lines { get; init; }

    /// <summary>The directives, in their order.</summary>
    internal IReadOnlyList<Directive> Directives { get; init; } = [];

    /// <summary>The escape character: a backslash, or what the directive <c>escape</c> says.</summary>
    internal char Escape { get; init; } = '\\';

    /// <summary>
    /// The ARGs before the first FROM. Their values may use those before them, the build's <c>--build-arg</c>s and the platform
    /// arguments of the global scope; only FROM sees them, and a stage that declares the name again without a value.
    /// </summary>
    internal IReadOnlyList<ArgInstruction> GlobalArguments { get; init; } = [];

    /// <summary>The stages, in their order; at least one.</summary>
    internal required IReadOnlyList<BuildStage> Stages { get; init; }

    /// <summary>The last lines of instructions that are continued over empty lines, which Docker warns of.</summary>
    internal IReadOnlyList<LineRange> EmptyContinuations { get; init; } = [];

    /// <summary>The value of a directive; null where there is none.</summary>
    internal Directive? DirectiveOf(string name)
    {
        foreach (Directive directive in Directives)
        {
            if (directive.Name.Equals(name, StringComparison.Ordinal))
            {
                return directive;
            }
        }

        return null;
    }

    /// <summary>
    /// The stage that a name means in <c>--from</c>, <c>from=</c> or <c>--target</c>: one of that name (case does not matter; the
    /// last one of those before <paramref name="before"/>), or its number. Null where it means no stage.
    /// </summary>
    /// <param name="name">A name or a number.</param>
    /// <param name="before">The stage that asks, or how many there are.</param>
    internal BuildStage? StageOf(string name, int before)
    {
        for (int i = Math.Min(before, Stages.Count) - 1; i >= 0; i--)
        {
            if (name.Equals(Stages[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return Stages[i];
            }
        }

        return uint.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out uint number)
            && number < Math.Min(before, Stages.Count)
                ? Stages[(int)number]
                : null;
    }
}
