using System;

namespace FastRun.Engine.Networks;

/// <summary>The networks that are there without being made: <c>bridge</c>, <c>host</c>, <c>none</c>.</summary>
public static class BuiltInNetworks
{
    /// <summary>The network of containers that ask for none.</summary>
    public const string Bridge = "bridge";

    /// <summary>The host's own.</summary>
    public const string Host = "host";

    /// <summary>Loopback only.</summary>
    public const string None = "none";

    // SHA-256 of "fastrun network host" and "fastrun network none", the same on every machine.
    private const string HostId = "b2aefbb6769f38c7881bfe006da68fc31cb2a123a352f32c483ca22c36f46ddc";
    private const string NoneId = "bda8cd025f2fe7354fb291260352541ab0c48f0d4325de8b2d05089c2f2efe15";

    /// <summary>Whether a name is one of theirs.</summary>
    public static bool Contains(string name) => name is Bridge or Host or None;

    /// <summary>The two that make nothing.</summary>
    internal static ReadOnlySpan<Network> Fixed => s_fixed;

    private static readonly Network[] s_fixed =
    [
        new() { Id = HostId, Name = Host, Driver = "host" },
        new() { Id = NoneId, Name = None, Driver = "null" },
    ];
}
