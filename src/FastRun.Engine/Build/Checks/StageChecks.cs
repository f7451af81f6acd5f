using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Ignore;

namespace FastRun.Engine.Build.Checks;

/// <summary>The checks of one stage, instruction after instruction.</summary>
internal sealed class StageChecks
{
    private static readonly string[] s_secrets =
    [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ];

    private static readonly string[] s_proxies =
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    private readonly Action<string, string, LineRange> _warn;
    private readonly DockerfileDocument _document;
    private readonly CheckOptions _options;
    private readonly BuildStage _stage;
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LineRange> _once = new(StringComparer.Ordinal);
    private readonly bool _knowsVariables;
    private bool _hasDirectory;
    private bool _hasShell;

    /// <summary>The checks of a stage.</summary>
    /// <param name="warn">Takes rule, message and lines.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="options">What else is known.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="before">The stage that it goes on from; null for one that begins with an image.</param>
    internal StageChecks(
        Action<string, string, LineRange> warn, DockerfileDocument document, CheckOptions options, BuildStage stage, StageChecks? before)
    {
        (_warn, _document, _options, _stage) = (warn, document, options, stage);
        if (before is not null)
        {
            (_knowsVariables, _hasDirectory, _hasShell) = (before._knowsVariables, before._hasDirectory, before._hasShell);
            _variables.UnionWith(before._variables);
        }
        else if (stage.From.Image == "scratch")
        {
            _knowsVariables = true;
        }
        else if (options.BaseVariables(stage) is { } variables)
        {
            _knowsVariables = true;
            _variables.UnionWith(variables);
        }
    }

    /// <summary>Checks it.</summary>
    internal void Run()
    {
        _variables.Add("PATH");
        _variables.UnionWith(s_proxies);
        foreach (Instruction instruction in _stage.Instructions)
        {
            Check(instruction is OnBuildInstruction trigger ? trigger.Trigger : instruction, instruction is OnBuildInstruction);
        }
    }

    /// <summary>Warns of a name that says that the value is a secret.</summary>
    internal static void Secret(Action<string, string, LineRange> warn, Instruction instruction, string name)
    {
        string[] words = name.Split('_');
        if (words.Any(static word => Array.Exists(s_secrets, secret => secret.Equals(word, StringComparison.OrdinalIgnoreCase)))
            && !words.Any(static word => word.Equals("public", StringComparison.OrdinalIgnoreCase)))
        {
            warn(
                CheckRules.SecretsUsedInArgOrEnv,
                $"Do not use ARG or ENV instructions for sensitive data ({instruction.Keyword} {Expansion.Quoted(name)})",
                instruction.Lines);
        }
    }

    private void Check(Instruction instruction, bool isTrigger)
    {
        switch (instruction)
        {
            case MaintainerInstruction:
                _warn(CheckRules.MaintainerDeprecated, "Maintainer instruction is deprecated in favor of using label", instruction.Lines);
                break;
            case EnvInstruction env:
                Pairs(env, env.Variables);
                Variables(env, [.. env.Variables.Select(static variable => variable.Value!)]);
                foreach (Assignment variable in env.Variables)
                {
                    Secret(_warn, env, variable.Name);
                    _variables.Add(variable.Name);
                }

                break;
            case LabelInstruction label:
                Pairs(label, label.Labels);
                Variables(label, [.. label.Labels.SelectMany(static pair => (string[])[pair.Name, pair.Value!])]);
                break;
            case ArgInstruction arg:
                Variables(arg, [.. arg.Arguments.Select(static argument => argument.Value ?? "")]);
                foreach (Assignment argument in arg.Arguments)
                {
                    Secret(_warn, arg, argument.Name);
                    _variables.Add(argument.Name);
                }

                break;
            case CmdInstruction cmd:
                Command(cmd, cmd.Command, isTrigger);
                break;
            case EntrypointInstruction entrypoint:
                Command(entrypoint, entrypoint.Command, isTrigger);
                break;
            case HealthcheckInstruction when !isTrigger:
                Once(instruction);
                break;
            case ShellInstruction:
                _hasShell = true;
                break;
            case WorkdirInstruction workdir:
                Directory(workdir);
                break;
            case UserInstruction user:
                Variables(user, [user.User]);
                break;
            case StopSignalInstruction signal:
                Variables(signal, [signal.Signal]);
                break;
            case VolumeInstruction volume:
                Variables(volume, volume.Paths);
                break;
            case ExposeInstruction expose:
                Ports(expose);
                break;
            case CopyInstruction copy:
                Copy(copy);
                break;
        }
    }

    private void Pairs(Instruction instruction, IReadOnlyList<Assignment> pairs)
    {
        if (pairs.Any(static pair => pair.IsLegacy))
        {
            string keyword = instruction.Keyword;
            _warn(
                CheckRules.LegacyKeyValueFormat,
                $"\"{keyword} key=value\" should be used instead of legacy \"{keyword} key value\" format",
                instruction.Lines);
        }
    }

    private void Command(Instruction instruction, CommandLine command, bool isTrigger)
    {
        if (command.IsShell && !_hasShell)
        {
            _warn(
                CheckRules.JsonArgsRecommended,
                $"JSON arguments recommended for {instruction.Keyword} to prevent unintended behavior related to OS signals",
                instruction.Lines);
        }

        if (!isTrigger)
        {
            Once(instruction);
        }
    }

    /// <summary>Of several only the last one counts; the one before is told of.</summary>
    private void Once(Instruction instruction)
    {
        if (_once.TryGetValue(instruction.Keyword, out LineRange before))
        {
            _warn(
                CheckRules.MultipleInstructionsDisallowed,
                $"Multiple {instruction.Keyword} instructions should not be used in the same stage because only the last one will be used",
                before);
        }

        _once[instruction.Keyword] = instruction.Lines;
    }

    private void Directory(WorkdirInstruction workdir)
    {
        Variables(workdir, [workdir.Path]);
        if (workdir.Path.StartsWith('/'))
        {
            _hasDirectory = true;
        }
        else if (!_hasDirectory && !workdir.Path.Contains('$', StringComparison.Ordinal))
        {
            _warn(
                CheckRules.WorkdirRelativePath,
                $"Relative workdir {Expansion.Quoted(workdir.Path)} can have unexpected results if the base image changes",
                workdir.Lines);
        }
    }

    private void Ports(ExposeInstruction expose)
    {
        Variables(expose, expose.Ports);
        foreach (string port in expose.Ports)
        {
            int slash = port.IndexOf('/', StringComparison.Ordinal);
            string protocol = slash < 0 ? "" : port[(slash + 1)..];
            if (port.Contains('$', StringComparison.Ordinal))
            {
                continue;
            }

            if (protocol.AsSpan().ContainsAnyInRange('A', 'Z'))
            {
                _warn(CheckRules.ExposeProtoCasing, $"Defined protocol '{port}' in EXPOSE instruction should be lowercase", expose.Lines);
            }

            if ((slash < 0 ? port : port[..slash]).Contains(':', StringComparison.Ordinal))
            {
                _warn(
                    CheckRules.ExposeInvalidFormat,
                    $"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'",
                    expose.Lines);
            }
        }
    }

    private void Copy(CopyInstruction copy)
    {
        Variables(copy, [.. copy.Sources, copy.Destination, copy.Chown ?? "", copy.Chmod ?? "", .. copy.Excludes]);
        if (copy.From is not null)
        {
            return;
        }

        foreach (string source in copy.Sources)
        {
            string path = IgnorePatterns.Clean("/" + source)[1..];
            if (path.Length > 0 && !source.Contains('$', StringComparison.Ordinal) && !source.Contains("://", StringComparison.Ordinal)
                && _options.Ignore.IsExcluded(path))
            {
                _warn(
                    CheckRules.CopyIgnoredFile,
                    $"Attempting to {(copy is AddInstruction ? "Add" : "Copy")} file {Expansion.Quoted(source)} that is excluded by .dockerignore",
                    copy.Lines);
            }
        }
    }

    private void Variables(Instruction instruction, IReadOnlyList<string> texts)
    {
        if (!_knowsVariables)
        {
            return;
        }

        foreach (string text in texts)
        {
            Expansion expansion = new(name => _variables.Contains(name) ? "x" : null, _document.Escape);
            try
            {
                expansion.Word(text);
            }
            catch (DockerfileException)
            {
                // The build says it.
                continue;
            }

            foreach (string name in expansion.Missing.Order(StringComparer.Ordinal))
            {
                string hint = Suggestion.For(name, _variables).Replace("mean ", "mean $", StringComparison.Ordinal);
                _warn(CheckRules.UndefinedVar, $"Usage of undefined variable '${name}'{hint}", instruction.Lines);
            }
        }
    }
}
