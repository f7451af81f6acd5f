using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>What one image occupies.</summary>
/// <param name="Id">The image id.</param>
/// <param name="LayerIds">Its layers.</param>
/// <param name="SharedSize">Bytes of the layers that other images use too.</param>
/// <param name="UniqueSize">Bytes of the layers that only it uses.</param>
/// <param name="Users">How many sandboxes and containers need it, running or not.</param>
/// <param name="LastUsed">When it was last used, give or take <see cref="ImageStore.LastUseStep"/>.</param>
/// <param name="IsSnapshot">Whether it is a snapshot.</param>
public sealed record ImageUsage(
    Digest Id, IReadOnlyList<string> LayerIds, long SharedSize, long UniqueSize, int Users, DateTimeOffset LastUsed, bool IsSnapshot)
{
    /// <summary>Bytes of all its layers.</summary>
    public long Size => SharedSize + UniqueSize;
}
