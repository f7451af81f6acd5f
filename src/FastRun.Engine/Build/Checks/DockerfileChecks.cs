using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Checks;

/// <summary>Docker's build checks: a pass over a Dockerfile that builds nothing.</summary>
internal sealed class DockerfileChecks
{
    private static readonly string[] s_platformArguments =
    [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
        "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ];

    private readonly DockerfileDocument _document;
    private readonly CheckSettings _settings;
    private readonly List<CheckWarning> _warnings = [];

    private DockerfileChecks(DockerfileDocument document, CheckOptions options)
    {
        _document = document;
        Directive? directive = document.DirectiveOf("check");
        _settings = options.Settings is { } given ? CheckSettings.Parse(given) : CheckSettings.Parse(directive?.Value, directive?.Line ?? 0);
    }

    /// <summary>Checks a Dockerfile.</summary>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="options">What else is known.</param>
    /// <param name="isError">Whether warnings fail the build.</param>
    /// <returns>What was found, in the order of the lines.</returns>
    /// <exception cref="DockerfileException">The settings are wrong.</exception>
    internal static IReadOnlyList<CheckWarning> Run(DockerfileDocument document, CheckOptions options, out bool isError)
    {
        ArgumentNullException.ThrowIfNull(document);
        DockerfileChecks checks = new(document, options);
        isError = checks._settings.IsError;
        checks.Casing();
        checks.Names();
        foreach (LineRange lines in document.EmptyContinuations)
        {
            checks.Warn(CheckRules.NoEmptyContinuation, "Empty continuation line", lines);
        }

        HashSet<string> declared = checks.Globals();
        foreach (BuildStage stage in document.Stages)
        {
            checks.From(stage, declared);
        }

        List<StageChecks> stages = [];
        foreach (BuildStage stage in document.Stages)
        {
            BuildStage? before = document.StageOf(stage.From.Image, stage.Index);
            StageChecks made = new(checks.Warn, document, options, stage, before is null ? null : stages[before.Index]);
            stages.Add(made);
            made.Run();
        }

        return [.. checks._warnings.OrderBy(static warning => warning.Lines.First)];
    }

    private void Warn(string rule, string message, LineRange lines)
    {
        CheckWarning warning = new(rule, message, lines);
        if (_settings.Applies(rule) && !_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }

    private void Casing()
    {
        List<Instruction> all = [];
        foreach (BuildStage stage in _document.Stages)
        {
            all.Add(stage.From);
            all.AddRange(stage.Instructions);
        }

        int lower = all.Count(static instruction => IsLower(instruction.Source.Written));
        int upper = all.Count(static instruction => IsUpper(instruction.Source.Written));
        foreach (Instruction instruction in all)
        {
            string written = instruction.Source.Written;
            if (lower > upper ? !IsLower(written) : !IsUpper(written))
            {
                Warn(
                    CheckRules.ConsistentInstructionCasing,
                    $"Command '{written}' should match the case of the command majority ({(lower > upper ? "lowercase" : "uppercase")})",
                    instruction.Lines);
            }
        }
    }

    private static bool IsLower(string word) => !word.AsSpan().ContainsAnyInRange('A', 'Z');

    private static bool IsUpper(string word) => !word.AsSpan().ContainsAnyInRange('a', 'z');

    private void Names()
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (BuildStage stage in _document.Stages)
        {
            FromInstruction from = stage.From;
            if (from.WrittenName is not { } name || from.WrittenAs is not { } word)
            {
                continue;
            }

            if (!IsLower(name))
            {
                Warn(CheckRules.StageNameCasing, $"Stage name '{name}' should be lowercase", from.Lines);
            }

            if ((IsLower(from.Source.Written) && !IsLower(word)) || (IsUpper(from.Source.Written) && !IsUpper(word)))
            {
                Warn(CheckRules.FromAsCasing, $"'{word}' and '{from.Source.Written}' keywords' casing do not match", from.Lines);
            }

            if (!seen.Add(name))
            {
                Warn(CheckRules.DuplicateStageName, $"Duplicate stage name {Expansion.Quoted(name)}, stage names should be unique", from.Lines);
            }

            if (stage.Name is "context" or "scratch")
            {
                Warn(
                    CheckRules.ReservedStageName,
                    $"Stage name should not use the same name as reserved stage {Expansion.Quoted(stage.Name)}",
                    from.Lines);
            }

            Describe(from, name, "build stage");
        }
    }

    private HashSet<string> Globals()
    {
        HashSet<string> declared = new(s_platformArguments, StringComparer.Ordinal);
        foreach (ArgInstruction instruction in _document.GlobalArguments)
        {
            foreach (Assignment argument in instruction.Arguments)
            {
                declared.Add(argument.Name);
                StageChecks.Secret(Warn, instruction, argument.Name);
                Describe(instruction, argument.Name, "ARG");
            }
        }

        return declared;
    }

    private void From(BuildStage stage, HashSet<string> declared)
    {
        FromInstruction from = stage.From;
        foreach (string text in (string[])[from.Image, from.Platform ?? ""])
        {
            Expansion expansion = new(name => declared.Contains(name) ? "x" : null, _document.Escape);
            if (TryExpand(expansion, text) is null)
            {
                continue;
            }

            foreach (string name in expansion.Missing.Order(StringComparer.Ordinal))
            {
                Warn(CheckRules.UndefinedArgInFrom, $"FROM argument '{name}' is not declared{Suggestion.For(name, declared)}", from.Lines);
            }
        }

        Platform(stage);
        Dictionary<string, string> defaults = Defaults();
        if (from.Image.Contains('$', StringComparison.Ordinal)
            && TryExpand(new Expansion(name => defaults.GetValueOrDefault(name), _document.Escape), from.Image) is { } image
            && _document.StageOf(image, stage.Index) is null
            && image != "scratch"
            && !IsReference(image))
        {
            Warn(CheckRules.InvalidDefaultArgInFrom, $"Default value for ARG {from.Image} results in empty or invalid base image name", from.Lines);
        }
    }

    private void Platform(BuildStage stage)
    {
        FromInstruction from = stage.From;
        if (from.Platform is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            Warn(
                CheckRules.RedundantTargetPlatform,
                $"Setting platform to predefined {from.Platform} in FROM is redundant as this is the default behavior",
                from.Lines);
        }
        else if (from.Platform is { } platform && !platform.Contains('$', StringComparison.Ordinal) && !IsChosenByVariable(stage))
        {
            Warn(
                CheckRules.FromPlatformFlagConstDisallowed,
                $"FROM --platform flag should not use constant value {Expansion.Quoted(platform)}",
                from.Lines);
        }
    }

    /// <summary>Whether a later FROM may choose the stage by its name: one stage for each platform is what constants are good for.</summary>
    private bool IsChosenByVariable(BuildStage stage) => stage.Name is { } name && _document.Stages.Any(other =>
        other.Index > stage.Index
        && other.From.Image.IndexOf('$', StringComparison.Ordinal) is var dollar and > 0
        && name.StartsWith(other.From.Image[..dollar], StringComparison.OrdinalIgnoreCase));

    private Dictionary<string, string> Defaults()
    {
        Dictionary<string, string> defaults = new(StringComparer.Ordinal);
        foreach (string name in s_platformArguments)
        {
            defaults[name] = "x";
        }

        foreach (Assignment argument in _document.GlobalArguments.SelectMany(static instruction => instruction.Arguments))
        {
            if (argument.Value is not null
                && TryExpand(new Expansion(name => defaults.GetValueOrDefault(name), _document.Escape), argument.Value) is { } value)
            {
                defaults[argument.Name] = value;
            }
        }

        return defaults;
    }

    private static bool IsReference(string image)
    {
        try
        {
            ImageReference.Parse(image);
            return true;
        }
        catch (ReferenceFormatException)
        {
            return false;
        }
    }

    private static string? TryExpand(Expansion expansion, string text)
    {
        try
        {
            return expansion.Word(text);
        }
        catch (DockerfileException)
        {
            // The build says it.
            return null;
        }
    }

    private void Describe(Instruction instruction, string name, string kind)
    {
        if (instruction.Source.Comments is { Count: > 0 } comments
            && comments[^1] is { Length: > 0 } last
            && !last.StartsWith(name + " ", StringComparison.Ordinal)
            && !comments.Any(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            && !IsDirective(instruction))
        {
            Warn(
                CheckRules.InvalidDefinitionDescription,
                $"Comment for {kind} should follow the format: `# {name} <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
                instruction.Lines);
        }
    }

    /// <summary>Whether the line before is a directive, which is no comment.</summary>
    private bool IsDirective(Instruction instruction) => _document.Directives.Any(directive => directive.Line == instruction.Lines.First - 1);
}
