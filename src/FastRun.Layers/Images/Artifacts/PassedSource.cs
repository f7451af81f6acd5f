using System;
using System.IO;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Artifacts;

/// <summary>A blob that is there already, somewhere else.</summary>
internal sealed class PassedSource(Descriptor blob, Func<Stream> open, Action<long> progress) : UploadSource
{
    internal override Digest? Digest => blob.Digest;

    internal override long? Size => blob.Size;

    internal override Stream Open() => new CountedStream(open(), progress);
}
