using System;

namespace FastRun.Layers.Registry;

/// <summary>
/// A registry did not give what it was asked for. The message is one line that names what was asked for; what the server
/// said is in it with control characters escaped, and cut.
/// </summary>
public sealed class RegistryException : Exception
{
    /// <summary>Describes a failure.</summary>
    public RegistryException(RegistryErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What sort of failure it is.</summary>
    public RegistryErrorKind Kind { get; }

    /// <summary>Whether the same request may succeed when it is made again.</summary>
    internal bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait before the next attempt, if it does.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether no HTTP was spoken: the address, the connection or its encryption failed.</summary>
    internal bool IsConnectionFailure { get; init; }
}
