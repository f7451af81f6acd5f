using System.IO;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry.Upload;

/// <summary>Where the bytes of a blob that is pushed come from. It can be read again, and then gives the same bytes.</summary>
internal abstract class UploadSource
{
    /// <summary>The blob's digest where it is known before it is read; what is read is compared with it.</summary>
    internal abstract Digest? Digest { get; }

    /// <summary>The blob's length in bytes where that is known.</summary>
    internal abstract long? Size { get; }

    /// <summary>Opens the blob at its beginning.</summary>
    internal abstract Stream Open();
}
