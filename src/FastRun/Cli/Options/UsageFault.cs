namespace FastRun.Cli.Options;

/// <summary>What is wrong about a command line; Docker's words and exit codes differ by it.</summary>
internal enum UsageFault
{
    /// <summary>Flags or operands do not go together.</summary>
    Combination,

    /// <summary>A flag that there is not, or a value that it cannot have.</summary>
    Flag,

    /// <summary>Too few operands or too many.</summary>
    Operands,

    /// <summary>There is no such command.</summary>
    Command,
}
