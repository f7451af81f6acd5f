using System;

namespace FastRun.Layers;

/// <summary>A layer cannot be had; the message is one line that names what failed and why.</summary>
public sealed class LayerException : Exception
{
    /// <summary>Describes a failure.</summary>
    public LayerException(LayerErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What sort of failure it is.</summary>
    public LayerErrorKind Kind { get; }
}
