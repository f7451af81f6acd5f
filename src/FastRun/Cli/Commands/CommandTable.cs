using System;
using System.Collections.Generic;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Commands.Host;
using FastRun.Cli.Commands.Images;
using FastRun.Cli.Commands.Registries;

namespace FastRun.Cli.Commands;

/// <summary>All commands by name; only the one asked for is made.</summary>
internal static class CommandTable
{
    /// <summary>The names in the order of help.</summary>
    internal static ReadOnlySpan<string> Names => s_names;

    private static readonly string[] s_names =
    [
        "exec", "run", "create", "start", "stop", "kill", "pause", "unpause", "wait", "attach", "logs", "stats", "ps", "rm",
        "pull", "images", "rmi", "inspect", "login", "logout", "gc", "system check", "system df", "info", "version", "help",
    ];

    /// <summary>Finds the command at the beginning of a command line; some names are two words.</summary>
    /// <param name="words">The command line; at least one word.</param>
    /// <param name="length">How many words its name is.</param>
    internal static Command? Find(List<string> words, out int length)
    {
        length = 1;
        if (Find(words[0]) is { } command)
        {
            return command;
        }

        length = 2;
        return words.Count > 1 ? Find($"{words[0]} {words[1]}") : null;
    }

    internal static Command? Find(string name) => name switch
    {
        "exec" => new ExecCommand(),
        "run" => new RunCommand(),
        "create" => new CreateCommand(),
        "start" => new StartCommand(),
        "stop" => new StopCommand(),
        "kill" => new KillCommand(),
        "pause" => new PauseCommand(),
        "unpause" => new UnpauseCommand(),
        "stats" => new StatsCommand(),
        "wait" => new WaitCommand(),
        "attach" => new AttachCommand(),
        "logs" => new LogsCommand(),
        "ps" => new Containers.ListCommand(),
        "rm" => new Containers.RemoveCommand(),
        "supervise" => new SuperviseCommand(),
        "pull" => new PullCommand(),
        "images" => new Images.ListCommand(),
        "rmi" => new Images.RemoveCommand(),
        "inspect" => new InspectCommand(),
        "login" => new LoginCommand(),
        "logout" => new LogoutCommand(),
        "gc" => new GarbageCommand(),
        "system check" => new CheckCommand(),
        "system df" => new DiskUsageCommand(),
        "info" => new InfoCommand(),
        "version" => new VersionCommand(),
        "help" => new HelpCommand(),
        _ => null,
    };
}
