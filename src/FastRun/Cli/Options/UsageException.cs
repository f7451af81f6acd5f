using System;

namespace FastRun.Cli.Options;

/// <summary>The command line itself is wrong; the message is for the user, who is then pointed at the command's help.</summary>
internal sealed class UsageException(string message, UsageFault fault = UsageFault.Combination) : Exception(message)
{
    /// <summary>What about it is wrong.</summary>
    internal UsageFault Fault { get; } = fault;
}
