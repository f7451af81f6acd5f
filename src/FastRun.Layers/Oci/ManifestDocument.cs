using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Layers.Oci;

/// <summary>
/// An image manifest or an image index, OCI's or Docker's: one is told from the other by what it holds, which must agree
/// with what it says of itself and with what referred to it. Read by hand, because a warm start reads one.
/// </summary>
public sealed record ManifestDocument
{
    private ManifestDocument(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The document as it was received.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The media type, stated or implied.</summary>
    public string MediaType { get; private init; } = "";

    /// <summary>The config; null in an index.</summary>
    public Descriptor? Config { get; private init; }

    /// <summary>The layers, bottom first; empty in an index.</summary>
    public IReadOnlyList<Descriptor> Layers { get; private init; } = [];

    /// <summary>What an index lists; empty in a manifest.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; private init; } = [];

    /// <summary>Whether it is an index.</summary>
    public bool IsIndex => Config is null;

    /// <summary>Reads and checks a document.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="subject">What to call it in an error: its digest or file.</param>
    /// <param name="expected">The media type of the descriptor or response that led to it, if there was one.</param>
    /// <exception cref="CorruptContentException">It is malformed, ambiguous, or not what was expected.</exception>
    public static ManifestDocument Parse(ReadOnlyMemory<byte> bytes, string subject, string? expected = null)
    {
        StrictJson.Check(bytes.Span, subject);
        Parts parts;
        try
        {
            parts = ReadParts(bytes.Span, subject);
        }
        catch (JsonException e)
        {
            throw StrictJson.Malformed(subject, e);
        }

        string mediaType = ImpliedMediaType(parts, subject, expected);
        if (expected is not null && expected != mediaType)
        {
            throw new CorruptContentException(
                subject, $"says that it is {DescriptorReader.Quote(mediaType)}, but {DescriptorReader.Quote(expected)} was expected");
        }

        return new ManifestDocument(bytes)
        {
            MediaType = mediaType,
            Config = parts.Config,
            Layers = parts.Layers ?? [],
            Manifests = parts.Manifests ?? [],
        };
    }

    private static string ImpliedMediaType(Parts parts, string subject, string? expected)
    {
        if (parts.SchemaVersion != 2)
        {
            throw new CorruptContentException(
                subject,
                parts.SchemaVersion == 1
                    ? "a schema 1 manifest: too old, push the image again with a current tool"
                    : "\"schemaVersion\" is not 2");
        }

        bool manifest = parts.Config is not null || parts.Layers is not null;
        if (manifest && parts.Manifests is not null)
        {
            throw new CorruptContentException(subject, "has both \"manifests\" and \"config\" or \"layers\"");
        }

        if (parts.Manifests is null && parts.Config is null)
        {
            throw new CorruptContentException(subject, "neither an image manifest nor an image index");
        }

        string mediaType = parts.MediaType
            ?? (expected is not null && MediaTypes.IsIndex(expected) != manifest ? expected
                : manifest ? MediaTypes.OciManifest : MediaTypes.OciIndex);
        return (manifest ? MediaTypes.IsManifest(mediaType) : MediaTypes.IsIndex(mediaType))
            ? mediaType
            : throw new CorruptContentException(
                subject,
                $"the media type {DescriptorReader.Quote(mediaType)} is not that of an image {(manifest ? "manifest" : "index")}");
    }

    private static Parts ReadParts(ReadOnlySpan<byte> json, string subject)
    {
        DescriptorReader descriptors = new(subject);
        Utf8JsonReader reader = new(json, StrictJson.ReaderOptions);
        Parts parts = new();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "schemaVersion":
                    parts.SchemaVersion = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int version)
                        ? version
                        : 0;
                    break;
                case "mediaType":
                    parts.MediaType = descriptors.ReadText(ref reader, key);
                    break;
                case "config":
                    parts.Config = descriptors.Read(ref reader);
                    break;
                case "layers":
                    parts.Layers = descriptors.ReadList(ref reader, key);
                    break;
                case "manifests":
                    parts.Manifests = descriptors.ReadList(ref reader, key);
                    break;
                default:
                    RefuseLookAlike(key, subject);
                    reader.Skip();
                    break;
            }
        }

        return parts;
    }

    /// <summary>Parsers that ignore case would read such a key as the real one, and see another image than we do.</summary>
    private static void RefuseLookAlike(string key, string subject)
    {
        foreach (string known in (ReadOnlySpan<string>)["schemaVersion", "mediaType", "config", "layers", "manifests"])
        {
            if (key.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                throw new CorruptContentException(subject, $"the key \"{key}\" must be spelt \"{known}\"");
            }
        }
    }

    private sealed class Parts
    {
        internal int SchemaVersion { get; set; }

        internal string? MediaType { get; set; }

        internal Descriptor? Config { get; set; }

        internal List<Descriptor>? Layers { get; set; }

        internal List<Descriptor>? Manifests { get; set; }
    }
}
