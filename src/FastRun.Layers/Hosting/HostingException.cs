using System;

namespace FastRun.Layers.Hosting;

/// <summary>A registry of ours refuses something. The message is one line, for the client to read.</summary>
public sealed class HostingException : Exception
{
    /// <summary>Describes a refusal.</summary>
    public HostingException(HostingFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What sort of refusal it is.</summary>
    public HostingFault Fault { get; }
}
