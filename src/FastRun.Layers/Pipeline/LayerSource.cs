using System.IO;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Pipeline;

/// <summary>Where the bytes of one layer come from: a blob in an OCI layout, a file of a docker-archive, a registry.</summary>
public abstract class LayerSource
{
    /// <summary>The media type that the manifest gives; informative, the content decides.</summary>
    public abstract string MediaType { get; }

    /// <summary>The digest of the blob as <see cref="Open"/> gives it.</summary>
    public abstract Digest Digest { get; }

    /// <summary>The blob's length in bytes.</summary>
    public abstract long Size { get; }

    /// <summary>The digest of the uncompressed tar, from the image config.</summary>
    public abstract Digest DiffId { get; }

    /// <summary>Opens the blob from its beginning. May be called more than once, and from several threads.</summary>
    public abstract Stream Open();

    /// <summary>
    /// What was opened last gave wrong bytes, or failed. Whether it is worth the while to open the blob once more, since somebody
    /// else is asked for it now.
    /// </summary>
    public virtual bool TryElsewhere() => false;
}
