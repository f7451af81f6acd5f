using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;

namespace FastRun.Engine.Build.Calls;

/// <summary>What a target and the stages that it needs take: arguments, secrets and agents, in the order of their lines.</summary>
internal sealed class BuildOutline
{
    private readonly DockerfileDocument _document;
    private readonly BuildArguments _arguments;
    private readonly Dictionary<string, OutlineItem> _global = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _needs = new(StringComparer.Ordinal);
    private readonly List<OutlineItem> _taken = [];
    private readonly List<OutlineItem> _secrets = [];
    private readonly List<OutlineItem> _agents = [];

    /// <summary>Looks a Dockerfile through.</summary>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="arguments">The arguments of the whole build.</param>
    /// <param name="target">The stage that would be built.</param>
    internal BuildOutline(DockerfileDocument document, BuildArguments arguments, BuildStage target)
    {
        (_document, _arguments, Target) = (document, arguments, target);
        foreach (ArgInstruction instruction in document.GlobalArguments)
        {
            foreach (Assignment argument in instruction.Arguments)
            {
                _global[argument.Name] = Describe(instruction, argument, arguments.Global(argument.Name));
                _needs[argument.Name] = arguments.Given(argument.Name) is null ? UsedIn(argument.Value) : [];
            }
        }

        foreach (BuildStage stage in new NeededStages(document, arguments).Of(target).OrderBy(stage => stage == target ? -1 : stage.Index))
        {
            Look(stage);
        }
    }

    /// <summary>The stage that would be built.</summary>
    internal BuildStage Target { get; }

    /// <summary>The arguments.</summary>
    internal IReadOnlyList<OutlineItem> Arguments => [.. _taken.OrderBy(static argument => argument.Lines.First)];

    /// <summary>The secrets.</summary>
    internal IReadOnlyList<OutlineItem> Secrets => [.. _secrets.OrderBy(static need => need.Lines.First)];

    /// <summary>The agents.</summary>
    internal IReadOnlyList<OutlineItem> Agents => [.. _agents.OrderBy(static need => need.Lines.First)];

    private void Look(BuildStage stage)
    {
        foreach (string name in UsedIn(stage.From.Image).Union(UsedIn(stage.From.Platform)))
        {
            TakeGlobal(name);
        }

        // Only what an ARG comes to is shown; what a base image gives is not known here.
        StageVariables variables = new(_document.Escape, static () => null);
        foreach (Instruction instruction in stage.Instructions)
        {
            switch (instruction)
            {
                case ArgInstruction arg:
                    foreach (Assignment argument in arg.Arguments)
                    {
                        Argument(arg, argument, variables);
                    }

                    break;
                case EnvInstruction env:
                    foreach (Assignment variable in env.Variables)
                    {
                        variables.Set(variables.Expand(variable.Name, []), variables.Expand(variable.Value ?? "", []));
                    }

                    break;
                case RunInstruction run:
                    Mounts(run, variables);
                    break;
            }
        }
    }

    private void Argument(ArgInstruction instruction, Assignment argument, StageVariables variables)
    {
        string? value = _arguments.Given(argument.Name) ?? (argument.Value is null ? null : variables.Expand(argument.Value, []));
        string? inherited = value is null ? _arguments.Global(argument.Name) : null;
        variables.Declare(argument.Name, value ?? inherited);
        if (inherited is null)
        {
            Take(Describe(instruction, argument, value));
        }
        else
        {
            TakeGlobal(argument.Name);
        }
    }

    private void Mounts(RunInstruction run, StageVariables variables)
    {
        IReadOnlyList<RunMount> mounts;
        try
        {
            mounts = run.Mounts(value => variables.Expand(value, []));
        }
        catch (DockerfileException)
        {
            // The build says it.
            return;
        }

        foreach (RunMount mount in mounts)
        {
            List<OutlineItem>? needs = mount.Type switch
            {
                RunMountType.Secret => _secrets,
                RunMountType.Ssh => _agents,
                _ => null,
            };
            string name = mount.Type == RunMountType.Secret ? mount.SecretId : mount.Id ?? "default";
            if (needs?.Exists(need => need.Name == name) is false)
            {
                needs.Add(new OutlineItem(name, run.Lines) { IsRequired = mount.Required });
            }
        }
    }

    /// <summary>A global one, and those that its default is made of.</summary>
    private void TakeGlobal(string name)
    {
        if (_global.TryGetValue(name, out OutlineItem? argument) && Take(argument))
        {
            foreach (string other in _needs[name])
            {
                TakeGlobal(other);
            }
        }
    }

    private bool Take(OutlineItem argument)
    {
        bool isNew = !_taken.Exists(known => known.Name == argument.Name);
        if (isNew)
        {
            _taken.Add(argument);
        }

        return isNew;
    }

    private static OutlineItem Describe(ArgInstruction instruction, Assignment argument, string? value) =>
        new(argument.Name, instruction.Lines) { Value = value, Description = Descriptions.Find(instruction.Source.Comments, argument.Name) };

    private HashSet<string> UsedIn(string? text)
    {
        Expansion expansion = new(_arguments.Global, _document.Escape);
        try
        {
            expansion.Word(text ?? "");
        }
        catch (DockerfileException)
        {
            // The build says it.
        }

        return expansion.Used;
    }
}
