using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Lists;

/// <summary>A list of manifests in the making: what becomes an index in a registry.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Manifests">Its members, in the order in which they came.</param>
public sealed record ManifestList(ImageReference Name, IReadOnlyList<ListedManifest> Manifests)
{
    /// <summary>What the index is annotated with.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>OCI's where all members are OCI's, else Docker's.</summary>
    public string MediaType => Manifests.All(static manifest => manifest.MediaType == MediaTypes.OciManifest)
        ? MediaTypes.OciIndex
        : MediaTypes.DockerList;

    /// <summary>The member that a name or a digest of it means.</summary>
    public ListedManifest? Find(ImageReference reference) =>
        Manifests.FirstOrDefault(manifest => IsSame(manifest.Reference, reference))
        ?? Manifests.FirstOrDefault(manifest => manifest.Digest == reference.Digest
            && (manifest.Reference.Registry, manifest.Reference.Repository) == (reference.Registry, reference.Repository));

    /// <summary>The list with a member more, or in the place of the one with the same name.</summary>
    public ManifestList With(ListedManifest member) => Manifests.Any(each => IsSame(each.Reference, member.Reference))
        ? this with { Manifests = [.. Manifests.Select(each => IsSame(each.Reference, member.Reference) ? member : each)] }
        : this with { Manifests = [.. Manifests, member] };

    /// <summary>Whether all of it was built on this machine.</summary>
    public bool IsLocal => Manifests.Count > 0 && Manifests.All(static manifest => manifest.ImageId is not null);

    /// <summary>The index.</summary>
    public byte[] ToIndex()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaType);
            writer.WriteStartArray("manifests");
            foreach (ListedManifest manifest in Manifests)
            {
                WriteDescriptor(writer, manifest);
            }

            writer.WriteEndArray();
            ManifestRewrite.WriteAnnotations(writer, Annotations);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a member's descriptor.</summary>
    internal static void WriteDescriptor(Utf8JsonWriter writer, ListedManifest manifest)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", manifest.MediaType);
        writer.WriteString("digest", manifest.Digest.ToString());
        writer.WriteNumber("size", manifest.Bytes.Length);
        writer.WriteStartObject("platform");
        writer.WriteString("architecture", manifest.Platform.Architecture);
        writer.WriteString("os", manifest.Platform.Os);
        if (manifest.Platform.OsVersion is { } version)
        {
            writer.WriteString("os.version", version);
        }

        if (manifest.Platform.OsFeatures.Count > 0)
        {
            writer.WriteStartArray("os.features");
            foreach (string feature in manifest.Platform.OsFeatures)
            {
                writer.WriteStringValue(feature);
            }

            writer.WriteEndArray();
        }

        if (manifest.Platform.Variant is { } variant)
        {
            writer.WriteString("variant", variant);
        }

        writer.WriteEndObject();
        ManifestRewrite.WriteAnnotations(writer, manifest.Annotations);
        writer.WriteEndObject();
    }

    private static bool IsSame(ImageReference one, ImageReference other) => one.ToString() == other.ToString();
}
