using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Images.Sources;

/// <summary>A layer in a registry.</summary>
internal sealed class RegistryLayer(RegistryClient client, Descriptor descriptor, Digest diffId) : LayerSource
{
    private volatile BlobStream? _opened;

    public override string MediaType => descriptor.MediaType;

    public override Digest Digest => descriptor.Digest;

    public override long Size => descriptor.Size;

    public override Digest DiffId => diffId;

    public override Stream Open() => _opened = client.OpenBlob(descriptor);

    /// <summary>A mirror is believed no more; the registry itself has the last word.</summary>
    public override bool TryElsewhere() => _opened?.AvoidMirrors() == true;
}
