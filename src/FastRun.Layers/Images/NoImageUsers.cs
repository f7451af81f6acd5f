using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>For a store whose images only locks protect.</summary>
internal sealed class NoImageUsers : IImageUsers
{
    public ImageUser? Find(Digest imageId) => null;

    public int CountIdle(Digest imageId) => 0;

    public IReadOnlyCollection<string>? Layers() => [];
}
