using System.IO;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry.Upload;

/// <summary>A blob of another repository, which goes from there to where it is pushed without touching a disk.</summary>
internal sealed class RemoteSource(RegistryClient origin, Descriptor blob) : UploadSource
{
    internal override Digest? Digest => blob.Digest;

    internal override long? Size => blob.Size;

    internal override Stream Open() => origin.OpenBlob(blob);
}
