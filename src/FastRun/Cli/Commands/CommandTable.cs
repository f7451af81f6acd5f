using System;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Commands.Host;
using FastRun.Cli.Commands.Images;

namespace FastRun.Cli.Commands;

/// <summary>All commands by name; only the one asked for is made.</summary>
internal static class CommandTable
{
    /// <summary>The names in the order of help.</summary>
    internal static ReadOnlySpan<string> Names => s_names;

    private static readonly string[] s_names = ["exec", "images", "rmi", "inspect", "gc", "info", "version", "help"];

    internal static Command? Find(string name) => name switch
    {
        "exec" => new ExecCommand(),
        "images" => new ListCommand(),
        "rmi" => new RemoveCommand(),
        "inspect" => new InspectCommand(),
        "gc" => new GarbageCommand(),
        "info" => new InfoCommand(),
        "version" => new VersionCommand(),
        "help" => new HelpCommand(),
        _ => null,
    };
}
