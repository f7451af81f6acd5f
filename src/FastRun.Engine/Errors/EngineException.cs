using System;

namespace FastRun.Engine.Errors;

/// <summary>
/// The one exception that leaves the engine. The message is one line for the user, "object: what failed: why".
/// </summary>
public sealed class EngineException : Exception
{
    /// <summary>Describes a failure.</summary>
    public EngineException(ErrorKind kind, string message, Exception? inner = null, string? hint = null)
        : base(message, inner)
    {
        Kind = kind;
        Hint = hint;
    }

    /// <summary>The request itself is wrong.</summary>
    public static EngineException Invalid(string message) => new(ErrorKind.InvalidArgument, message);

    /// <summary>The same failure in the words of another front door.</summary>
    public EngineException InWords(string message) => new(Kind, message, this, Hint) { Signal = Signal, FailedCommand = FailedCommand };

    /// <summary>A signal ended what was being done.</summary>
    internal static EngineException Interrupted(int signal) =>
        new(ErrorKind.Interrupted, "interrupted: " + signal switch { 1 => "SIGHUP", 2 => "SIGINT", _ => "SIGTERM" }) { Signal = signal };

    /// <summary>The signal, where one ended it; else 0.</summary>
    public int Signal { get; private init; }

    /// <summary>The command that failed, where that is the reason; else null.</summary>
    public FailedCommand? FailedCommand { get; internal init; }

    /// <summary>What kind of failure it is.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What the user can do about it, if there is something.</summary>
    public string? Hint { get; }
}
