using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Checks;

/// <summary>Docker's build checks: a pass over a Dockerfile that builds nothing, in the order of BuildKit's.</summary>
internal sealed class DockerfileChecks
{
    private static readonly string[] s_platformArguments =
    [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
        "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ];

    private readonly DockerfileDocument _document;
    private readonly CheckFindings _found;
    private readonly CheckOptions _options;
    private readonly BuildArguments _arguments;

    private DockerfileChecks(DockerfileDocument document, CheckSettings settings, CheckOptions options)
    {
        (_document, _found, _options) = (document, new CheckFindings(settings), options);
        _arguments = new BuildArguments(document, options.BuildArguments, options.Platform, options.Target);
    }

    /// <summary>Checks a Dockerfile.</summary>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="settings">Which rules apply.</param>
    /// <param name="options">What else is known.</param>
    /// <returns>What was found, in the order in which BuildKit tells it; each once.</returns>
    /// <exception cref="DockerfileException">A global ARG is wrong.</exception>
    internal static IReadOnlyList<CheckWarning> Run(DockerfileDocument document, CheckSettings settings, CheckOptions options)
    {
        DockerfileChecks checks = new(document, settings, options);
        foreach (LineRange lines in document.EmptyContinuations)
        {
            checks._found.Add(CheckRules.NoEmptyContinuation, "Empty continuation line", lines);
        }

        checks.Words();
        checks.Names();
        checks.Casing();
        checks.Defaults();
        HashSet<string> declared = [.. s_platformArguments];
        declared.UnionWith(document.GlobalArguments.SelectMany(static instruction => instruction.Arguments).Select(static argument => argument.Name));
        foreach (BuildStage stage in document.Stages)
        {
            checks.From(stage, declared);
        }

        checks.Stages();
        return checks._found.All;
    }

    /// <summary>What each instruction says by itself.</summary>
    private void Words()
    {
        foreach (ArgInstruction instruction in _document.GlobalArguments)
        {
            Describe(instruction, [.. instruction.Arguments.Select(static argument => argument.Name)]);
        }

        foreach (BuildStage stage in _document.Stages)
        {
            Words(stage.From);
            foreach (Instruction instruction in stage.Instructions)
            {
                if (instruction is MaintainerInstruction)
                {
                    _found.Add(CheckRules.MaintainerDeprecated, "Maintainer instruction is deprecated in favor of using label", instruction.Lines);
                }
                else if (instruction is ArgInstruction arg)
                {
                    Describe(arg, [.. arg.Arguments.Select(static argument => argument.Name)]);
                }
            }
        }
    }

    private void Words(FromInstruction from)
    {
        if (from.WrittenName is not { } name || from.WrittenAs is not { } word)
        {
            return;
        }

        if (!IsLower(name))
        {
            _found.Add(CheckRules.StageNameCasing, $"Stage name '{name}' should be lowercase", from.Lines);
        }

        string keyword = from.Source.Written;
        if ((IsLower(keyword) && !IsLower(word)) || (IsUpper(keyword) && !IsUpper(word)))
        {
            _found.Add(CheckRules.FromAsCasing, $"'{word}' and '{keyword}' keywords' casing do not match", from.Lines);
        }

        Describe(from, [from.StageName!]);
    }

    private void Names()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (BuildStage stage in _document.Stages)
        {
            if (stage.Name is "context" or "scratch")
            {
                _found.Add(
                    CheckRules.ReservedStageName,
                    $"Stage name should not use the same name as reserved stage {Expansion.Quoted(stage.Name)}",
                    stage.From.Lines);
            }

            if (stage.Name is { } name && !seen.Add(name))
            {
                _found.Add(CheckRules.DuplicateStageName, $"Duplicate stage name {Expansion.Quoted(name)}, stage names should be unique", stage.From.Lines);
            }
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
                _found.Add(
                    CheckRules.ConsistentInstructionCasing,
                    $"Command '{written}' should match the case of the command majority ({(lower > upper ? "lowercase" : "uppercase")})",
                    instruction.Lines);
            }
        }
    }

    private static bool IsLower(string word) => !word.AsSpan().ContainsAnyInRange('A', 'Z');

    private static bool IsUpper(string word) => !word.AsSpan().ContainsAnyInRange('a', 'z');

    /// <summary>What the FROMs come to where no <c>--build-arg</c> is given.</summary>
    private void Defaults()
    {
        BuildArguments defaults;
        try
        {
            defaults = new BuildArguments(_document, new Dictionary<string, string>(), _options.Platform, _options.Target);
        }
        catch (DockerfileException)
        {
            // The build says it.
            return;
        }

        foreach (BuildStage stage in _document.Stages)
        {
            string written = stage.From.Image;
            if (TryExpand(new Expansion(defaults.Global, _document.Escape), written) is { } image
                && _document.StageOf(image, stage.Index) is null
                && !IsReference(image))
            {
                _found.Add(CheckRules.InvalidDefaultArgInFrom, $"Default value for ARG {written} results in empty or invalid base image name", stage.From.Lines);
            }
        }
    }

    private void From(BuildStage stage, HashSet<string> declared)
    {
        FromInstruction from = stage.From;
        Undeclared(from, Expand(from.Image).Missing, declared);
        if (from.Platform is not { } written)
        {
            return;
        }

        (string? platform, HashSet<string> used, SortedSet<string> missing) = Expand(written);
        Undeclared(from, missing, declared);
        if (missing.Count > 0 || platform is null)
        {
            return;
        }

        if (used.Count == 0)
        {
            Constant(stage, platform);
        }
        else if (used.Count == 1 && used.Contains("TARGETPLATFORM") && platform == _arguments.Global("TARGETPLATFORM"))
        {
            _found.Add(
                CheckRules.RedundantTargetPlatform,
                $"Setting platform to predefined {written} in FROM is redundant as this is the default behavior",
                from.Lines);
        }
    }

    private void Undeclared(FromInstruction from, SortedSet<string> missing, HashSet<string> declared)
    {
        foreach (string name in missing)
        {
            if (!declared.Contains(name) && _found.Wants(CheckRules.UndefinedArgInFrom))
            {
                _found.Add(CheckRules.UndefinedArgInFrom, $"FROM argument '{name}' is not declared{Suggestion.For(name, declared, isExact: true)}", from.Lines);
            }
        }
    }

    /// <summary>A stage whose name tells its platform is one of several, of which a later FROM chooses one: that is what constants are good for.</summary>
    private void Constant(BuildStage stage, string text)
    {
        Platform platform;
        try
        {
            platform = PlatformSyntax.Parse(text);
        }
        catch (EngineException)
        {
            // The build says it.
            return;
        }

        string name = stage.Name ?? "";
        if (!name.Contains(platform.Os, StringComparison.Ordinal) && !name.Contains(platform.Architecture, StringComparison.Ordinal))
        {
            _found.Add(
                CheckRules.FromPlatformFlagConstDisallowed,
                $"FROM --platform flag should not use constant value {Expansion.Quoted(text)}",
                stage.From.Lines);
        }
    }

    private void Stages()
    {
        NeededStages stages = new(_document, _arguments);
        BuildStage target = (_options.Target is { } name ? _document.StageOf(name, _document.Stages.Count) : null) ?? _document.Stages[^1];
        HashSet<BuildStage>? needed = _options.AllStages && _options.Target is null ? null : stages.Of(target);
        Dictionary<int, StageChecks> made = [];
        foreach (BuildStage stage in _document.Stages)
        {
            if (needed?.Contains(stage) is false)
            {
                continue;
            }

            StageChecks? before = stages.BaseOf(stage) is { } earlier ? made[earlier.Index] : null;
            StageChecks checks = new(_found, _options, _arguments, _document.Escape, stage, before);
            made[stage.Index] = checks;
            checks.Run();
        }
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

    /// <summary>What a text comes to, the variables in it that have a value, and those that have none, also where the text says what then.</summary>
    private (string? Text, HashSet<string> Used, SortedSet<string> Missing) Expand(string text)
    {
        SortedSet<string> missing = new(StringComparer.Ordinal);
        Expansion expansion = new(
            name =>
            {
                string? value = _arguments.Global(name);
                if (value is null)
                {
                    missing.Add(name);
                }

                return value;
            },
            _document.Escape);
        return (TryExpand(expansion, text), expansion.Used, missing);
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

    /// <summary>The comment directly before it describes it, which <c>--call=outline</c> and <c>targets</c> show.</summary>
    private void Describe(Instruction instruction, string[] names)
    {
        if (instruction.Source.Comments is not [.., { } last]
            || Array.IndexOf(names, last.Split(' ')[0]) >= 0
            || _document.Directives.Any(directive => directive.Line == instruction.Lines.First - 1))
        {
            return;
        }

        _found.Add(
            CheckRules.InvalidDefinitionDescription,
            $"Comment for {instruction.Keyword} should follow the format: `# {(names.Length == 1 ? names[0] : "<arg_key>")} <description>`",
            instruction.Lines);
    }
}
