using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>All that is known of a snapshot.</summary>
public sealed record SnapshotDetails
{
    /// <summary>Its name.</summary>
    public required ImageReference Name { get; init; }

    /// <summary>The launch record.</summary>
    public required LaunchRecord Record { get; init; }

    /// <summary>The config.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>The bytes of the files that its command wrote.</summary>
    public required long Size { get; init; }

    /// <summary>The bytes of the files of all its layers.</summary>
    public required long VirtualSize { get; init; }
}
