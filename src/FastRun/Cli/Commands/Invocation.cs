namespace FastRun.Cli.Commands;

/// <summary>What a command line names, as far as it was understood: what help and errors speak of.</summary>
/// <param name="Spelling">The words of it; empty for the program itself.</param>
/// <param name="Usage">What follows them in the usage line.</param>
/// <param name="Command">The command; null for the program and for a group.</param>
internal sealed record Invocation(string Spelling, string Usage, Command? Command = null)
{
    /// <summary>The program without a command.</summary>
    internal static Invocation Program { get; } = new("", "[OPTIONS] COMMAND [ARG...]");

    /// <summary>What the user types: <c>fastrun container ls</c>.</summary>
    internal string Name => Spelling.Length == 0 ? ProgramName.Text : $"{ProgramName.Text} {Spelling}";

    /// <summary>The usage line.</summary>
    internal string UsageLine => $"Usage:  {Name} {Usage}".TrimEnd();

    /// <summary>A command under the spelling that was used.</summary>
    internal static Invocation Of(string spelling, Command command) => new(spelling, command.Usage, command);

    /// <summary>A group without one of its commands.</summary>
    internal static Invocation Of(CommandGroup group) => new(group.Name, "");
}
