using System;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry;

/// <summary>A manifest or an index as a registry gave it, verified against its digest.</summary>
/// <param name="Bytes">The document.</param>
/// <param name="MediaType">The media type of the response where it is one of a manifest or an index; else null.</param>
/// <param name="Digest">The document's digest.</param>
public sealed record ManifestResponse(ReadOnlyMemory<byte> Bytes, string? MediaType, Digest Digest);
