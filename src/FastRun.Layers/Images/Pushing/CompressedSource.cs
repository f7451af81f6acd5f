using System;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Pushing;

/// <summary>A layer whose tar is made again and compressed on its way.</summary>
internal sealed class CompressedSource(LayerTar tar, LayerCompression compression, Action<long> done) : UploadSource
{
    internal override Digest? Digest => null;

    internal override long? Size => null;

    internal override Stream Open() => new BlockCompressor(new CountedStream(tar.Open(), done), compression);
}
