using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands;

/// <summary>One command: its flags fill the instance, then it runs once.</summary>
internal abstract class Command
{
    internal const int Unlimited = int.MaxValue;

    internal abstract string Name { get; }

    /// <summary>What follows the name in the usage line.</summary>
    internal abstract string Usage { get; }

    internal abstract string Summary { get; }

    /// <summary>What help says after the flags.</summary>
    internal virtual string Details => "";

    /// <summary>Whether flags may follow operands.</summary>
    internal virtual bool Interspersed => true;

    internal virtual int LeastOperands => 0;

    internal virtual int MostOperands => 0;

    /// <summary>The flags, built when the command is the one invoked.</summary>
    internal abstract Option[] BuildOptions();

    internal abstract int Run(CommandContext context, List<string> operands);

    /// <summary>The exit code of a failure; commands that run a command of the user's keep theirs apart.</summary>
    internal virtual int ExitCode(ErrorKind kind) => ExitCodes.Failure;
}
