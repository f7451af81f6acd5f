using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastRun.Layers.Content;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;

namespace FastRun.Layers.Images;

/// <summary>
/// Writes images as one tar (<see cref="ArchiveFormat"/>). Documents come first and then the layers, each once, as the very tars that
/// they came from, so the manifests are new ones. Every layer is verified while it is written.
/// </summary>
/// <param name="layout">Where the images are.</param>
/// <param name="output">Takes the tar.</param>
/// <param name="format">How it is laid out.</param>
internal sealed class ArchiveWriter(StateLayout layout, Stream output, ArchiveFormat format)
{
    private const int FileMode = 0b_110_100_100;
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";

    private static readonly Dictionary<string, string> s_none = [];

    private readonly TarWriter _tar = new(output);
    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private readonly List<(string Name, LayerTar Tar)> _layers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Writes the archive.</summary>
    /// <exception cref="LayerException">A layer is not what it was: what was written is no archive.</exception>
    /// <exception cref="CorruptContentException">A config is missing or damaged; nothing was written.</exception>
    internal void Write(IReadOnlyList<SavedImage> images)
    {
        List<(SavedImage Image, ImageConfig Config, byte[] Manifest)> described = [];
        foreach (SavedImage image in images)
        {
            described.Add(Describe(image));
        }

        Add("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        Add("index.json", Index(described.ConvertAll(static image => (image.Image, image.Manifest))));
        if (format == ArchiveFormat.Docker)
        {
            Add("manifest.json", DockerManifest(described.ConvertAll(static image => (image.Image, image.Config))));
        }

        Finish();
    }

    /// <summary>Writes an archive of one index, which lists the images' manifests.</summary>
    internal void WriteIndex(
        IReadOnlyList<SavedImage> images, byte[] index, IReadOnlyList<ImageReference> names, IReadOnlyDictionary<string, string> annotations)
    {
        foreach (SavedImage image in images)
        {
            Describe(image);
        }

        _documents[Blob(DigestOf(index))] = index;
        Add("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        Add("index.json", Json(json =>
        {
            BeginIndex(json);
            foreach (ImageReference? name in names.Count > 0 ? names : (IReadOnlyList<ImageReference?>)[null])
            {
                Descriptor(json, MediaTypes.OciIndex, DigestOf(index), index.Length);
                NameOf(json, name, annotations);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
        Finish();
    }

    /// <summary>The manifest that an archive has of an image.</summary>
    internal byte[] ManifestOf(SavedImage image) => Describe(image).Manifest;

    private void Finish()
    {
        foreach ((string name, byte[] document) in _documents)
        {
            Add(name, document);
        }

        foreach ((string name, LayerTar tar) in _layers)
        {
            _tar.Add(Entry(name, tar.Size), tar.WriteTo);
        }

        _tar.Complete();
        output.Flush();
    }

    private (SavedImage Image, ImageConfig Config, byte[] Manifest) Describe(SavedImage image)
    {
        Digest id = image.Lease.Record.ImageId;
        byte[] bytes = new ContentStore(layout).TryRead(id)
            ?? throw new CorruptContentException($"config {id}", "missing from the store");
        ImageConfig config = ImageConfig.Parse(bytes, $"config {id}");
        _documents[Blob(id)] = bytes;
        ImageLayers layers = new(layout, image.Lease.Record);
        List<LayerTar> tars = [];
        foreach (Digest diffId in config.DiffIds)
        {
            LayerTar tar = layers.Find(diffId);
            tars.Add(tar);
            if (_names.Add(Blob(diffId)))
            {
                _layers.Add((Blob(diffId), tar));
            }
        }

        byte[] manifest = Manifest(id, bytes.Length, tars, image.Annotations);
        _documents[Blob(DigestOf(manifest))] = manifest;
        return (image, config, manifest);
    }

    private static byte[] Manifest(
        Digest config, long size, List<LayerTar> layers, IReadOnlyDictionary<string, string> annotations) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, 2);
        json.WriteString("mediaType"u8, MediaTypes.OciManifest);
        json.WritePropertyName("config"u8);
        Descriptor(json, MediaTypes.OciConfig, config, size);
        json.WriteEndObject();
        json.WriteStartArray("layers"u8);
        foreach (LayerTar layer in layers)
        {
            Descriptor(json, MediaTypes.OciLayer, layer.DiffId, layer.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ManifestRewrite.WriteAnnotations(json, annotations);
        json.WriteEndObject();
    });

    /// <summary>A descriptor for each name, as Docker and containerd write it; one without a name for an image without one.</summary>
    private static byte[] Index(List<(SavedImage Image, byte[] Manifest)> images) => Json(json =>
    {
        BeginIndex(json);
        foreach ((SavedImage image, byte[] manifest) in images)
        {
            List<ImageReference?> names = [.. image.Names];
            if (names.Count == 0)
            {
                names.Add(null);
            }

            foreach (ImageReference? name in names)
            {
                Descriptor(json, MediaTypes.OciManifest, DigestOf(manifest), manifest.Length);
                NameOf(json, name, s_none);
                Platform platform = image.Lease.Record.Platform;
                json.WriteStartObject("platform"u8);
                json.WriteString("architecture"u8, platform.Architecture);
                json.WriteString("os"u8, platform.Os);
                if (platform.Variant is not null)
                {
                    json.WriteString("variant"u8, platform.Variant);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void BeginIndex(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion"u8, 2);
        json.WriteString("mediaType"u8, MediaTypes.OciIndex);
        json.WriteStartArray("manifests"u8);
    }

    private static void NameOf(Utf8JsonWriter json, ImageReference? name, IReadOnlyDictionary<string, string> annotations)
    {
        Dictionary<string, string> all = new(annotations, StringComparer.Ordinal);
        if (name is not null)
        {
            all[ContainerdName] = name.ToString();
            all[RefName] = name.Tag!;
        }

        ManifestRewrite.WriteAnnotations(json, all);
    }

    private static byte[] DockerManifest(List<(SavedImage Image, ImageConfig Config)> images) => Json(json =>
    {
        json.WriteStartArray();
        foreach ((SavedImage image, ImageConfig config) in images)
        {
            json.WriteStartObject();
            json.WriteString("Config"u8, Blob(image.Lease.Record.ImageId));
            json.WritePropertyName("RepoTags"u8);
            if (image.Names.Count == 0)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartArray();
                foreach (ImageReference name in image.Names)
                {
                    json.WriteStringValue(name.ToFamiliarString());
                }

                json.WriteEndArray();
            }

            json.WriteStartArray("Layers"u8);
            foreach (Digest diffId in config.DiffIds)
            {
                json.WriteStringValue(Blob(diffId));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Begins a descriptor; who calls ends it.</summary>
    private static void Descriptor(Utf8JsonWriter json, string mediaType, Digest digest, long size)
    {
        json.WriteStartObject();
        json.WriteString("mediaType"u8, mediaType);
        json.WriteString("digest"u8, digest.ToString());
        json.WriteNumber("size"u8, size);
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            write(json);
        }

        return stream.ToArray();
    }

    private void Add(string name, byte[] content) => _tar.Add(Entry(name, content.Length), stream => stream.Write(content));

    private static TreeEntry Entry(string name, long size) => new()
    {
        Name = Encoding.ASCII.GetBytes(name),
        Type = EntryType.File,
        Permissions = FileMode,
        Size = size,
    };

    private static string Blob(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private static Digest DigestOf(byte[] document) => Digest.FromSha256(SHA256.HashData(document));
}
