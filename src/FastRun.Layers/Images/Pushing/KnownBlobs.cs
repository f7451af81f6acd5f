using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Pushing;

/// <summary>
/// Where the blobs of layers were pulled from or pushed to, by diffID: the names in the store say which repository had which
/// manifest. Whether it still has is for that repository to tell.
/// </summary>
internal sealed class KnownBlobs
{
    private readonly Dictionary<Digest, List<KnownBlob>> _byDiffId = [];

    private KnownBlobs()
    {
    }

    /// <summary>Reads all manifests of the store.</summary>
    internal static KnownBlobs Read(IEnumerable<ImageName> names, ContentStore content)
    {
        KnownBlobs known = new();
        foreach (IGrouping<Digest, ImageName> manifest in names
            .Where(static name => name is { Reference.Digest: not null, Next: null })
            .GroupBy(static name => name.Reference.Digest!.Value))
        {
            if (TryRead(content, manifest.Key) is ({ } document, { } config))
            {
                List<(string Registry, string Repository)> places = [];
                foreach (ImageName name in manifest)
                {
                    places.Add((name.Reference.Registry, name.Reference.Repository));
                }

                known.Add(document, config, places);
            }
        }

        return known;
    }

    /// <summary>A manifest with the config of its image; null where they are missing, damaged or no image's.</summary>
    internal static (ManifestDocument Manifest, ImageConfig Config)? TryRead(ContentStore content, Digest digest)
    {
        try
        {
            if (content.TryRead(digest) is { } bytes
                && ManifestDocument.Parse(bytes, $"manifest {digest}") is { Config: { } described } manifest
                && content.TryRead(described.Digest) is { } configBytes
                && ImageConfig.Parse(configBytes, $"config {described.Digest}") is var config
                && config.DiffIds.Count == manifest.Layers.Count)
            {
                return (manifest, config);
            }
        }
        catch (CorruptContentException)
        {
            // Then it is of no help.
        }

        return null;
    }

    /// <summary>The blobs that a layer was.</summary>
    internal IReadOnlyList<KnownBlob> Of(Digest diffId) => _byDiffId.GetValueOrDefault(diffId) ?? [];

    private void Add(ManifestDocument manifest, ImageConfig config, List<(string Registry, string Repository)> places)
    {
        for (int i = 0; i < manifest.Layers.Count; i++)
        {
            if (!_byDiffId.TryGetValue(config.DiffIds[i], out List<KnownBlob>? blobs))
            {
                _byDiffId.Add(config.DiffIds[i], blobs = []);
            }

            if (blobs.Find(blob => blob.Blob.Digest == manifest.Layers[i].Digest) is not { } known)
            {
                blobs.Add(known = new KnownBlob(manifest.Layers[i], []));
            }

            known.Places.AddRange(places.Except(known.Places));
        }
    }
}
