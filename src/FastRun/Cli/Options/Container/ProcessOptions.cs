using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Exec;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the process that runs: its environment, user, directory, standard input and limits.</summary>
internal sealed class ProcessOptions
{
    private readonly List<string> _envFiles = [];
    private readonly List<string> _env = [];
    private readonly List<Ulimit> _ulimits = [];
    private string? _entrypoint;
    private string? _workdir;
    private string? _user;
    private string? _stopSignal;
    private bool _interactive;
    private bool _tty;
    private bool _init;

    internal Option[] Build() => [.. BuildOfJoining(), .. BuildOfCreating()];

    /// <summary>Those that a process in a container that runs can have, too.</summary>
    internal Option[] BuildOfJoining() =>
    [
        new("env", 'e', "list", "Set an environment variable: NAME=value, or NAME to pass the caller's on", AddVariable),
        new("env-file", '\0', "list", "Read environment variables from a file, one a line", _envFiles.Add),
        new("workdir", 'w', "string", "Working directory inside the container", value => _workdir = value),
        new("user", 'u', "string", "User name or uid (format: <name|uid>[:<group|gid>])", value => _user = value),
        Option.Switch("interactive", 'i', "Pass standard input on", value => _interactive = value),
        Option.Switch("tty", 't', "Allocate a pseudo terminal", value => _tty = value),
    ];

    /// <summary>Those of a container's first process only.</summary>
    internal Option[] BuildOfCreating() =>
    [
        new("entrypoint", '\0', "string", "Replace the image's ENTRYPOINT; an empty one clears it", value => _entrypoint = value),
        Option.Switch("init", '\0', "Run an init as PID 1 that forwards signals and reaps processes", value => _init = value),
        new("stop-signal", '\0', "string", "The signal that asks the command to end", value => _stopSignal = value),
        new("ulimit", '\0', "ulimit", "Resource limit, for example nofile=1024:2048", AddUlimit),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        return request with
        {
            Env = Variables(),
            WorkingDir = _workdir,
            User = string.IsNullOrEmpty(_user) ? null : _user,
            Entrypoint = _entrypoint is null ? null : [_entrypoint],
            OpenStdin = _interactive,
            Tty = _tty,
            Init = _init,
            StopSignal = _stopSignal,
            Ulimits = _ulimits,
        };
    }

    /// <summary>What the flags ask of a process that joins a container.</summary>
    internal ExecRequest JoiningRequest(IReadOnlyList<string> command, bool privileged) => new()
    {
        Command = command,
        Env = Variables(),
        WorkingDir = _workdir,
        User = string.IsNullOrEmpty(_user) ? null : _user,
        OpenStdin = _interactive,
        Tty = _tty,
        Privileged = privileged,
    };

    /// <summary>A name alone takes the caller's value; where the caller has none, it takes away the image's.</summary>
    internal static string Resolve(string variable) =>
        !variable.Contains('=', StringComparison.Ordinal) && Environment.GetEnvironmentVariable(variable) is { } value
            ? $"{variable}={value}"
            : variable;

    private List<string> Variables()
    {
        var env = new List<string>();
        foreach (string file in _envFiles)
        {
            KeyValueFile.ReadVariables(file, env);
        }

        env.AddRange(_env);
        return env;
    }

    private void AddVariable(string text)
    {
        if (text.Length == 0 || text[0] == '=')
        {
            throw EngineException.Invalid($"invalid environment variable: {text}");
        }

        _env.Add(Resolve(text));
    }

    private void AddUlimit(string text)
    {
        Ulimit ulimit = UlimitSyntax.Parse(text);
        _ulimits.RemoveAll(other => other.Name == ulimit.Name);
        _ulimits.Add(ulimit);
    }
}
