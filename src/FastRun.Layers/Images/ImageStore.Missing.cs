using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Images;

/// <content>What would have to be fetched.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// The digests that a pull of a name would fetch, as far as the documents that are here tell; empty where not even its
    /// manifest is here. For messages: nothing is kept from changing.
    /// </summary>
    public IReadOnlyList<Digest> MissingContent(ImageReference reference)
    {
        ContentStore content = new(_layout);
        ManifestDocument? manifest = null;
        for (ImageName? name = _names.Find(reference); name is not null && manifest is null;)
        {
            Digest? next = name.Next;
            manifest = name.Manifest is { } digest ? TryReadManifest(content, digest) : null;
            name = next is null || next == name.Reference.Digest
                ? null
                : _names.Find(new ImageReference(reference.Registry, reference.Repository, tag: null, next));
        }

        if (manifest?.Config is not { } config)
        {
            return [];
        }

        if (TryRead(content, config.Digest) is not { } bytes)
        {
            return [config.Digest, .. DigestsOf(manifest.Layers)];
        }

        LayerStore layers = new(_layout);
        IReadOnlyList<Digest> diffIds = ImageConfig.Parse(bytes, $"config {config.Digest}").DiffIds;
        return DigestsOf(manifest.Layers.Where((_, i) => i >= diffIds.Count || !layers.Has(diffIds[i])));
    }

    private static List<Digest> DigestsOf(IEnumerable<Descriptor> descriptors)
    {
        List<Digest> digests = [];
        foreach (Descriptor descriptor in descriptors)
        {
            digests.Add(descriptor.Digest);
        }

        return digests;
    }

    private static ManifestDocument? TryReadManifest(ContentStore content, Digest digest)
    {
        if (TryRead(content, digest) is not { } bytes)
        {
            return null;
        }

        ManifestDocument document = ManifestDocument.Parse(bytes, $"manifest {digest}");
        return document.IsIndex ? null : document;
    }

    private static byte[]? TryRead(ContentStore content, Digest digest)
    {
        try
        {
            return content.TryRead(digest);
        }
        catch (CorruptContentException)
        {
            // After a power cut a document may be cut short: it is fetched again.
            return null;
        }
    }
}
