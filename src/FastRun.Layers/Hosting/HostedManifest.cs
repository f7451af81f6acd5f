using System;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Hosting;

/// <summary>A manifest or an index that a registry of ours serves.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="MediaType">What it was pushed as.</param>
/// <param name="Bytes">The document.</param>
public sealed record HostedManifest(Digest Digest, string MediaType, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether its tag may mean something else by now, which whoever knows does not say.</summary>
    public bool IsStale { get; init; }
}
