using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <content>Telling what there is.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// The images, newest first: one entry for each tag, one for a digest without a tag in its repository, one for an
    /// image without a name. What cannot be used any more is left out, what has not got its final id and no name either, and snapshots.
    /// </summary>
    public IReadOnlyList<ImageSummary> List()
    {
        List<ImageSummary> list = [];
        List<ImageName> names = _names.All();
        foreach (string imageId in _records.All())
        {
            if (_records.TryRead(imageId, out RecordState state) is not { } record || state != RecordState.Present)
            {
                continue;
            }

            List<ImageName> own = names.FindAll(name => name.ImageIdHex == imageId);
            bool isSnapshot = own.RemoveAll(static name => name.Reference.IsSnapshot) > 0;
            int before = list.Count;
            foreach (ImageName name in own)
            {
                if (!own.Exists(other => name.IsPassedThroughBy(other) || name.IsBesideTag(other)))
                {
                    list.Add(Summarize(record, name));
                }
            }

            if (list.Count == before && !record.IsProvisional && !isSnapshot)
            {
                list.Add(Summarize(record, null));
            }
        }

        return [.. list
            .OrderByDescending(summary => summary.Created)
            .ThenBy(summary => summary.Repository, StringComparer.Ordinal)
            .ThenBy(summary => summary.Tag, StringComparer.Ordinal)];
    }

    /// <summary>Tells all of one image.</summary>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    /// <exception cref="CorruptContentException">Its config is damaged or missing.</exception>
    public ImageDetails Inspect(ImageLocation location, Platform? platform = null)
    {
        using ImageLease lease = Open(location, platform);
        Digest id = lease.Record.ImageId;
        byte[] config = new ContentStore(_layout).TryRead(id)
            ?? throw new CorruptContentException($"config {id}", "missing from the store");
        List<ImageName> own = _names.All().FindAll(name => name.ImageIdHex == id.Hex && !name.Reference.IsSnapshot);
        return new ImageDetails
        {
            Record = lease.Record,
            Config = ImageConfig.Parse(config, $"config {id}"),
            ConfigBytes = config,
            RepoTags = [.. own.Where(name => name.Reference.Tag is not null).Select(Familiar)],
            RepoDigests = [.. own
                .Where(name => name.Reference.Tag is null
                    && !own.Exists(other => other.Reference.Tag is null && name.IsPassedThroughBy(other)))
                .Select(Familiar)],
            ManifestDigests = ManifestsOf(own),
        };
    }

    private static List<Digest> ManifestsOf(List<ImageName> names)
    {
        List<Digest> manifests = [];
        foreach (ImageName name in names)
        {
            if (name.Manifest is { } manifest && !manifests.Contains(manifest))
            {
                manifests.Add(manifest);
            }
        }

        return manifests;
    }

    /// <summary>
    /// The digest by which a registry knows an image: of the index that its name means, or of its manifest where there is no
    /// index. Null for an image that never had one.
    /// </summary>
    /// <param name="name">By which of its names; null for any.</param>
    /// <param name="imageId">The image.</param>
    public Digest? DigestOf(ImageReference? name, Digest imageId)
    {
        List<ImageName> own = _names.All().FindAll(each => each.Manifest is not null && each.ImageIdHex == imageId.Hex);
        return (own.Find(each => each.Reference == name) ?? (own.Count > 0 ? own[0] : null))?.Manifest;
    }

    private static ImageSummary Summarize(LaunchRecord record, ImageName? name) => new()
    {
        Id = record.ImageId,
        Repository = name?.Reference.FamiliarName,
        Tag = name?.Reference.Tag,
        ManifestDigest = name?.Manifest,
        Created = DateTimeOffset.FromUnixTimeSeconds(record.Created),
        Size = record.Size,
        Platform = record.Platform,
    };

    private static string Familiar(ImageName name) => name.Reference.ToFamiliarString();
}
