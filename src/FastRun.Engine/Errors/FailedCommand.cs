namespace FastRun.Engine.Errors;

/// <summary>A command whose failure is the reason of another one.</summary>
/// <param name="Command">Its words, joined with blanks.</param>
/// <param name="ExitCode">What it ended with.</param>
public sealed record FailedCommand(string Command, int ExitCode);
