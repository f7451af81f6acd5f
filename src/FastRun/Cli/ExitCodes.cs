using System;
using FastRun.Cli.Commands;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Cli;

/// <summary>What the shell sees; docs/command-line.md lists them.</summary>
internal static class ExitCodes
{
    /// <summary>A command about images or the host failed.</summary>
    internal const int Failure = 1;

    /// <summary>The command line is wrong, or the engine could not run the command.</summary>
    internal const int Engine = 125;

    /// <summary>Nobody reads standard output any more: what a shell reports for death by SIGPIPE.</summary>
    internal const int BrokenPipe = Signalled + 13;

    private const int Signalled = 128;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>
    /// The exit code of a wrong command line. Docker's is 1 where flags are right but operands or their combination are not, but
    /// for the commands that keep codes apart from those of the user's command.
    /// </summary>
    internal static int OfUsage(UsageFault fault, Command? command) =>
        ProgramName.IsDocker && fault is not UsageFault.Flag && !(fault is UsageFault.Combination && command is RunCommand or CreateCommand)
            ? Failure
            : Engine;

    /// <summary>What a shell reports for death by a signal, of a command that first put something back in order.</summary>
    internal static int OfSignal(int signal) => Signalled + signal;

    /// <summary>
    /// The exit code when a command could not be run in a container that exists: Docker's daemon refuses a wrong request with 1,
    /// and its runtime fails with 126.
    /// </summary>
    internal static int OfJoin(ErrorKind kind) => kind switch
    {
        ErrorKind.CommandNotFound => NotFound,
        ErrorKind.InvalidArgument or ErrorKind.NotFound or ErrorKind.Conflict => Failure,
        _ => NotExecutable,
    };

    /// <summary>The exit code when a command of the user's could not be run.</summary>
    internal static int OfRun(ErrorKind kind) => kind switch
    {
        ErrorKind.CommandNotFound => NotFound,
        ErrorKind.CommandNotExecutable => NotExecutable,
        ErrorKind.InvalidArgument => Engine,
        ErrorKind.NotFound => Engine,
        ErrorKind.Conflict => Engine,
        ErrorKind.PermissionDenied => Engine,
        ErrorKind.Unsupported => Engine,
        ErrorKind.CorruptContent => Engine,
        ErrorKind.ResourceExhausted => Engine,
        ErrorKind.Unavailable => Engine,
        ErrorKind.Interrupted => Engine,
        ErrorKind.Internal => Engine,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
