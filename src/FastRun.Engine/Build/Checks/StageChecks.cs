using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Ignore;

namespace FastRun.Engine.Build.Checks;

/// <summary>The checks of one stage, instruction after instruction.</summary>
internal sealed class StageChecks
{
    private static readonly string[] s_secrets =
    [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ];

    // Words that say that it is none.
    private static readonly string[] s_harmless = ["public", "file", "version"];

    private readonly CheckFindings _found;
    private readonly CheckOptions _options;
    private readonly BuildArguments _arguments;
    private readonly BuildStage _stage;
    private readonly StageVariables _variables;
    private readonly StageChecks? _before;
    private LineRange _place;
    private readonly Dictionary<string, LineRange> _once = new(StringComparer.Ordinal);
    private bool _hasDirectory;
    private bool _hasShell;

    /// <summary>The checks of a stage.</summary>
    /// <param name="found">Takes what is found.</param>
    /// <param name="options">What else is known.</param>
    /// <param name="arguments">The arguments of the whole build.</param>
    /// <param name="escape">The Dockerfile's escape character.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="before">The stage that it goes on from; null for one that begins with an image.</param>
    internal StageChecks(
        CheckFindings found, CheckOptions options, BuildArguments arguments, char escape, BuildStage stage, StageChecks? before)
    {
        (_found, _options, _arguments, _stage) = (found, options, arguments, stage);
        _variables = before is null ? new StageVariables(escape, () => options.Base(stage)) : new StageVariables(before._variables);
        _before = before;
        if (before is not null)
        {
            (_hasDirectory, _hasShell) = (before._hasDirectory, before._hasShell);
        }
    }

    /// <summary>Checks it.</summary>
    internal void Run()
    {
        // What the stage before has for those that go on from it is told at the FROM.
        _place = _stage.From.Lines;
        foreach (Instruction instruction in _before?._stage.Instructions ?? [])
        {
            if (instruction is OnBuildInstruction trigger)
            {
                Check(trigger.Trigger);
            }
        }

        _place = LineRange.None;
        foreach (Instruction instruction in _stage.Instructions)
        {
            Check(instruction);
        }
    }

    private void Check(Instruction instruction)
    {
        switch (instruction)
        {
            case EnvInstruction env:
                Pairs(env, env.Variables);
                break;
            case LabelInstruction label:
                Pairs(label, label.Labels);
                break;
            case ArgInstruction arg:
                foreach (Assignment argument in arg.Arguments)
                {
                    Argument(arg, argument);
                }

                break;
            case CmdInstruction cmd:
                Command(cmd, cmd.Command);
                break;
            case EntrypointInstruction entrypoint:
                Command(entrypoint, entrypoint.Command);
                break;
            case HealthcheckInstruction:
                Once(instruction);
                break;
            case ShellInstruction:
                _hasShell = true;
                break;
            case WorkdirInstruction workdir:
                Directory(workdir);
                break;
            case UserInstruction user:
                Expand(user, user.User);
                break;
            case StopSignalInstruction signal:
                Expand(signal, signal.Signal);
                break;
            case VolumeInstruction volume:
                foreach (string path in volume.Paths)
                {
                    Expand(volume, path);
                }

                break;
            case ExposeInstruction expose:
                foreach (string port in expose.Ports.SelectMany(_variables.Words))
                {
                    Port(expose, port);
                }

                break;
            case CopyInstruction copy:
                Copy(copy);
                break;
            case RunInstruction run:
                Mounts(run);
                break;
        }
    }

    private LineRange LinesOf(Instruction instruction) => _place.IsNone ? instruction.Lines : _place;

    private void Pairs(Instruction instruction, IReadOnlyList<Assignment> pairs)
    {
        // All of a line see what was there before it.
        List<string> expanded = [];
        foreach (Assignment pair in pairs)
        {
            expanded.Add(Expand(instruction, pair.Name));
            expanded.Add(Expand(instruction, pair.Value ?? ""));
        }

        for (int i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].IsLegacy)
            {
                string keyword = instruction.Source.Written;
                _found.Add(
                    CheckRules.LegacyKeyValueFormat,
                    $"\"{keyword} key=value\" should be used instead of legacy \"{keyword} key value\" format",
                    LinesOf(instruction));
            }

            if (instruction is EnvInstruction)
            {
                Secret(instruction, expanded[2 * i]);
                _variables.Set(expanded[2 * i], expanded[(2 * i) + 1]);
            }
        }
    }

    private void Argument(ArgInstruction instruction, Assignment argument)
    {
        Secret(instruction, argument.Name);
        _variables.Declare(
            argument.Name,
            _arguments.Given(argument.Name)
                ?? (argument.Value is null ? _arguments.Global(argument.Name) : Expand(instruction, argument.Value)));
    }

    /// <summary>Warns of a name that says that the value is a secret.</summary>
    private void Secret(Instruction instruction, string name)
    {
        string[] words = name.Split('_');
        if (HasAny(words, s_secrets) && !HasAny(words, s_harmless))
        {
            _found.Add(
                CheckRules.SecretsUsedInArgOrEnv,
                $"Do not use ARG or ENV instructions for sensitive data ({instruction.Keyword} {Expansion.Quoted(name)})",
                LinesOf(instruction));
        }
    }

    private static bool HasAny(string[] words, string[] among) =>
        words.Any(word => Array.Exists(among, other => other.Equals(word, StringComparison.OrdinalIgnoreCase)));

    private void Command(Instruction instruction, CommandLine command)
    {
        Once(instruction);
        if (command.IsShell && !_hasShell && _variables.Base?.Shell is null or [])
        {
            _found.Add(
                CheckRules.JsonArgsRecommended,
                $"JSON arguments recommended for {instruction.Source.Written} to prevent unintended behavior related to OS signals",
                LinesOf(instruction));
        }
    }

    /// <summary>Of several only the last one counts; the one before is told of.</summary>
    private void Once(Instruction instruction)
    {
        if (_once.TryGetValue(instruction.Keyword, out LineRange before))
        {
            _found.Add(
                CheckRules.MultipleInstructionsDisallowed,
                $"Multiple {instruction.Source.Written} instructions should not be used in the same stage because only the last one will be used",
                before);
        }

        _once[instruction.Keyword] = LinesOf(instruction);
    }

    /// <summary>The first one decides what the others are relative to.</summary>
    private void Directory(WorkdirInstruction workdir)
    {
        string path = Expand(workdir, workdir.Path);
        if (!_hasDirectory && !path.StartsWith('/'))
        {
            _found.Add(
                CheckRules.WorkdirRelativePath,
                $"Relative workdir {Expansion.Quoted(path)} can have unexpected results if the base image changes",
                LinesOf(workdir));
        }

        _hasDirectory = true;
    }

    private void Port(ExposeInstruction expose, string port)
    {
        int slash = port.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && port.AsSpan(slash).ContainsAnyInRange('A', 'Z'))
        {
            _found.Add(CheckRules.ExposeProtoCasing, $"Defined protocol '{port}' in EXPOSE instruction should be lowercase", LinesOf(expose));
        }

        if ((slash < 0 ? port : port[..slash]).Contains(':', StringComparison.Ordinal))
        {
            _found.Add(
                CheckRules.ExposeInvalidFormat,
                $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'",
                LinesOf(expose));
        }
    }

    private void Copy(CopyInstruction copy)
    {
        Expand(copy, copy.Chown);
        Expand(copy, copy.Chmod);
        foreach (string excluded in copy.Excludes)
        {
            Expand(copy, excluded);
        }

        List<string> sources = [.. copy.Sources.Select(source => Expand(copy, source))];
        Expand(copy, copy.Destination);
        foreach (Heredoc file in copy.Files)
        {
            if (file.Expand)
            {
                Expand(copy, file.Text, isContent: true);
            }
        }

        // With patterns that take in again, what is left out is not known before the files are.
        if (copy.From is not null || _options.Ignore.HasExceptions)
        {
            return;
        }

        foreach (string source in sources)
        {
            string path = IgnorePatterns.Clean(source);
            if (!source.Contains("://", StringComparison.Ordinal) && _options.Ignore.IsExcluded(path))
            {
                _found.Add(
                    CheckRules.CopyIgnoredFile,
                    $"Attempting to {(copy is AddInstruction ? "Add" : "Copy")} file {Expansion.Quoted(path)} that is excluded by .dockerignore",
                    LinesOf(copy));
            }
        }
    }

    private void Mounts(RunInstruction run)
    {
        try
        {
            _ = run.Mounts(value => Expand(run, value));
        }
        catch (DockerfileException)
        {
            // The build says it.
        }
    }

    private string Expand(Instruction instruction, string? text, bool isContent = false)
    {
        List<string> missing = [];
        string expanded = _variables.Expand(text ?? "", missing, isContent);
        foreach (string name in missing)
        {
            if (!_found.Wants(CheckRules.UndefinedVar))
            {
                break;
            }

            string hint = _variables.Suggest(name).Replace("mean ", "mean $", StringComparison.Ordinal);
            _found.Add(CheckRules.UndefinedVar, $"Usage of undefined variable '${name}'{hint}", LinesOf(instruction));
        }

        return expanded;
    }
}
