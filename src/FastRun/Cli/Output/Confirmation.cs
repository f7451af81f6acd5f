using System;

namespace FastRun.Cli.Output;

/// <summary>The question before something is removed that cannot be had back, in Docker's words.</summary>
internal static class Confirmation
{
    /// <summary>Asks on standard output and takes a line of standard input, whatever that is; only <c>y</c> means yes.</summary>
    /// <param name="warning">What is going to happen.</param>
    /// <param name="output">Where it is asked.</param>
    internal static bool Ask(string warning, OutputWriter output) =>
        new TerminalPrompt(output).Ask($"WARNING! {warning}\nAre you sure you want to continue? [y/N] ")
            .Trim().Equals("y", StringComparison.OrdinalIgnoreCase);
}
