using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>
/// What <c>docker save</c> writes: <c>manifest.json</c> lists configs, names and layers. The layers of old versions are
/// <c>ID/layer.tar</c>, repeated ones symbolic links; new versions keep them as <c>blobs/sha256/DIGEST</c>.
/// </summary>
internal sealed class DockerArchiveSource(SourceFiles files) : ImageSource
{
    private const string ManifestFile = "manifest.json";

    /// <inheritdoc/>
    internal override IReadOnlyList<SourceImage> Select(string? name, Platform platform)
    {
        ImageReference? wanted = name is null ? null : ImageReference.Parse(name);
        List<SourceImage> images = [];
        SortedSet<string> known = new(StringComparer.Ordinal);
        foreach (DockerArchiveEntry entry in ReadEntries())
        {
            List<ImageReference> names = Names(entry);
            known.UnionWith(names.ConvertAll(n => n.ToString()));
            if (wanted is null)
            {
                images.Add(Describe(entry, names));
            }
            else if (names.Exists(n => n.ToString() == wanted.ToString()))
            {
                images.Add(Describe(entry, [wanted]));
                break;
            }
        }

        return images.Count > 0
            ? images
            : throw new ImageNotFoundException(
                files.Subject,
                known.Count == 0
                    ? "the archive holds no image of a name"
                    : $"no image of this name in the archive: there is {string.Join(", ", known)}");
    }

    /// <inheritdoc/>
    public override void Dispose() => files.Dispose();

    private List<DockerArchiveEntry> ReadEntries()
    {
        string subject = $"{files.Subject}: {ManifestFile}";
        byte[] json = files.TryRead(ManifestFile, StrictJson.MaxSize)
            ?? throw new ImageNotFoundException(files.Subject, $"not a docker archive: {ManifestFile} is missing");
        StrictJson.Check(json, subject, JsonTokenType.StartArray);
        try
        {
            List<DockerArchiveEntry> entries =
                JsonSerializer.Deserialize(json, OciJsonContext.Default.ListDockerArchiveEntry) ?? [];
            return entries.Count == 0
                ? throw new ImageNotFoundException(files.Subject, "the archive holds no image")
                : entries;
        }
        catch (JsonException e)
        {
            throw new CorruptContentException(
                subject, $"{ReferenceGrammar.Quote(e.Path ?? "$")} has the wrong type", e);
        }
    }

    private List<ImageReference> Names(DockerArchiveEntry? entry)
    {
        List<ImageReference> names = [];
        foreach (string tag in entry?.RepoTags ?? [])
        {
            names.Add(ImageReference.TryParse(tag, out ImageReference? reference)
                ? reference
                : throw new CorruptContentException(
                    $"{files.Subject}: {ManifestFile}", $"invalid name {ReferenceGrammar.Quote(tag ?? "null")}"));
        }

        return names;
    }

    private SourceImage Describe(DockerArchiveEntry? entry, IReadOnlyList<ImageReference> names)
    {
        if (entry?.Config is not { Length: > 0 } configName)
        {
            throw new CorruptContentException($"{files.Subject}: {ManifestFile}", "an image has no \"Config\"");
        }

        byte[] bytes = files.TryRead(configName, StrictJson.MaxSize) ?? throw Missing(configName);
        Digest imageId = Digest.FromSha256(SHA256.HashData(bytes));
        return new SourceImage
        {
            Names = names,
            ImageId = imageId,
            Read = () =>
            {
                ImageConfig config = ImageConfig.Parse(bytes, $"{files.Subject}: {ReferenceGrammar.Quote(configName)}");
                return new ImageContents(null, bytes, config, imageId, Layers(entry, config));
            },
        };
    }

    private LayerSource[] Layers(DockerArchiveEntry entry, ImageConfig config)
    {
        IReadOnlyList<string> names = entry.Layers ?? [];
        if (names.Count != config.DiffIds.Count)
        {
            throw new CorruptContentException(
                $"{files.Subject}: {ManifestFile}",
                $"lists {names.Count} layers, but the config has {config.DiffIds.Count} diff_ids");
        }

        RequireLayerCount(names.Count, files.Subject);

        // A compressed layer is read to its end for its digest: once, however often it is listed.
        Dictionary<string, FileLayer> known = new(StringComparer.Ordinal);
        LayerSource[] layers = new LayerSource[names.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = names[i] ?? "";
            layers[i] = known.TryGetValue(name, out FileLayer? same) && same.DiffId == config.DiffIds[i]
                ? same
                : known[name] = Layer(name, config.DiffIds[i]);
        }

        return layers;
    }

    private FileLayer Layer(string name, Digest diffId)
    {
        using Stream stream = files.Open(name);
        Span<byte> magic = stackalloc byte[4];
        int length = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        (string mediaType, bool plain) = magic[..length] switch
        {
            [0x1F, 0x8B, ..] => (MediaTypes.OciLayerGzip, false),
            [0x28, 0xB5, 0x2F, 0xFD] => (MediaTypes.OciLayerZstd, false),
            _ => (MediaTypes.OciLayer, true),
        };

        // The digest of a plain tar is its diffID. Nothing promises that of a compressed one: it is what it is.
        Digest digest = diffId;
        if (!plain)
        {
            stream.Position = 0;
            digest = Digest.FromSha256(SHA256.HashData(stream));
        }

        return new FileLayer(files, name, mediaType, digest, stream.Length, diffId);
    }

    private CorruptContentException Missing(string name) =>
        new(files.Subject, $"{ReferenceGrammar.Quote(name)} is missing");
}
