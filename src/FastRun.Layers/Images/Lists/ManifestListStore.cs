using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images.Lists;

/// <summary>The lists that are being made on this machine, a file each: docs/state-on-disk.md.</summary>
public sealed class ManifestListStore(StateLayout layout)
{
    private const int CurrentSchema = 1;
    private const int DirectoryMode = 0x1C0;
    private const int DataRootMode = 0x1C8;

    // Members come with their manifests.
    private const int SizeLimit = 64 << 20;

    /// <summary>A list; null where there is none of the name.</summary>
    /// <exception cref="CorruptContentException">Its file is damaged.</exception>
    public ManifestList? TryRead(ImageReference name) =>
        FileContent.TryReadAll(null, PathOf(name), SizeLimit) is { } json ? Parse(json, name) : null;

    /// <summary>Changes a list, or makes it, with nobody else doing so meanwhile. On disk when this returns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Gets the list, or null where there is none, and returns what it shall be.</param>
    public void Change(ImageReference name, Func<ManifestList?, ManifestList> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        FileAt.MakeDirectories(null, layout.DataRoot, DataRootMode);
        FileAt.MakeDirectories(null, layout.ManifestLists, DirectoryMode);
        using FileLock held = FileLock.Acquire(null, Path.Combine(layout.ManifestLists, "_lock"), FileLockMode.Exclusive);
        byte[] json = Write(change(TryRead(name)));
        if (json.Length > SizeLimit)
        {
            throw new CorruptContentException($"manifest list {name.ToFamiliarString()}", "larger than 64 MiB");
        }

        AtomicFile.Write(PathOf(name), json);
    }

    /// <summary>Removes a list; false where there is none.</summary>
    public bool Remove(ImageReference name) => FileAt.TryUnlink(null, PathOf(name)) == Errno.None;

    /// <summary>A name may be longer than a file's.</summary>
    private string PathOf(ImageReference name) => Path.Combine(
        layout.ManifestLists, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString()))) + ".json");

    private static byte[] Write(ManifestList list)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", CurrentSchema);
            writer.WriteString("name", list.Name.ToString());
            writer.WriteStartArray("manifests");
            foreach (ListedManifest manifest in list.Manifests)
            {
                writer.WriteStartObject();
                writer.WriteString("reference", manifest.Reference.ToString());
                writer.WritePropertyName("descriptor");
                ManifestList.WriteDescriptor(writer, manifest);
                writer.WriteBase64String("manifest", manifest.Bytes.Span);
                if (manifest.ImageId is { } image)
                {
                    writer.WriteString("image", image.ToString());
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ManifestList Parse(byte[] json, ImageReference name)
    {
        string subject = $"manifest list {name.ToFamiliarString()}";
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
            JsonElement root = document.RootElement;
            if (root.GetProperty("schemaVersion").GetInt32() != CurrentSchema)
            {
                throw new CorruptContentException(subject, "its record was written by another release");
            }

            List<ListedManifest> manifests = [];
            foreach (JsonElement element in root.GetProperty("manifests").EnumerateArray())
            {
                manifests.Add(ParseMember(element));
            }

            return root.GetProperty("name").GetString() == name.ToString()
                ? new ManifestList(name, manifests)
                : throw new CorruptContentException(subject, "its record is that of another list");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ReferenceFormatException)
        {
            throw new CorruptContentException(subject, "its record is damaged", e);
        }
    }

    private static ListedManifest ParseMember(JsonElement element)
    {
        JsonElement descriptor = element.GetProperty("descriptor");
        JsonElement platform = descriptor.GetProperty("platform");
        List<string> features = [];
        if (platform.TryGetProperty("os.features", out JsonElement listed))
        {
            foreach (JsonElement feature in listed.EnumerateArray())
            {
                features.Add(feature.GetString() ?? "");
            }
        }

        byte[] bytes = element.GetProperty("manifest").GetBytesFromBase64();
        Digest digest = Digest.Parse(descriptor.GetProperty("digest").GetString() ?? "");
        Content.ContentStore.Verify(digest, bytes, digest.ToString());
        return new ListedManifest(
            ImageReference.Parse(element.GetProperty("reference").GetString() ?? ""),
            descriptor.GetProperty("mediaType").GetString() ?? "",
            digest,
            bytes,
            new ListedPlatform(platform.GetProperty("os").GetString() ?? "", platform.GetProperty("architecture").GetString() ?? "")
            {
                Variant = platform.TryGetProperty("variant", out JsonElement variant) ? variant.GetString() : null,
                OsVersion = platform.TryGetProperty("os.version", out JsonElement version) ? version.GetString() : null,
                OsFeatures = features,
            })
        {
            ImageId = element.TryGetProperty("image", out JsonElement image) ? Digest.Parse(image.GetString() ?? "") : null,
        };
    }
}
