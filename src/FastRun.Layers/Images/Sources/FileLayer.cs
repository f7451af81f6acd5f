using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Images.Sources;

/// <summary>A layer in a file of a layout or archive.</summary>
internal sealed class FileLayer(SourceFiles files, string name, string mediaType, Digest digest, long size, Digest diffId)
    : LayerSource
{
    public override string MediaType => mediaType;

    public override Digest Digest => digest;

    public override long Size => size;

    public override Digest DiffId => diffId;

    public override Stream Open() => files.Open(name);
}
