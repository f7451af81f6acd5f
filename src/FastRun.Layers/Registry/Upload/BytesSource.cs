using System;
using System.IO;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry.Upload;

/// <summary>A small blob in memory: a config.</summary>
internal sealed class BytesSource(Digest digest, ReadOnlyMemory<byte> bytes) : UploadSource
{
    internal override Digest? Digest => digest;

    internal override long? Size => bytes.Length;

    internal override Stream Open() => new MemoryStream(bytes.ToArray(), writable: false);
}
