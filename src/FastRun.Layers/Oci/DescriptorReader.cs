using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Layers.References;

namespace FastRun.Layers.Oci;

/// <summary>Reads descriptors out of a document that <see cref="StrictJson"/> has checked.</summary>
internal sealed class DescriptorReader(string subject)
{
    // An index lists platforms, a manifest layers: overlayfs takes 500 layers, and no index comes near this.
    private const int MaxDescriptors = 4096;

    internal static string Quote(string text) => ReferenceGrammar.Quote(text);

    internal List<Descriptor> ReadList(ref Utf8JsonReader reader, string key)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            // Go writes an empty list as null.
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new CorruptContentException(subject, $"\"{key}\" is not a list");
        }

        List<Descriptor> list = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (list.Count == MaxDescriptors)
            {
                throw new CorruptContentException(subject, $"\"{key}\" lists more than {MaxDescriptors} descriptors");
            }

            list.Add(Read(ref reader));
        }

        return list;
    }

    internal Descriptor Read(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader, "a descriptor");
        string? mediaType = null;
        string? artifactType = null;
        Digest? digest = null;
        long size = -1;
        Platform? platform = null;
        List<string> urls = [];
        Dictionary<string, string>? annotations = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "mediaType":
                    mediaType = ReadText(ref reader, key);
                    break;
                case "artifactType":
                    artifactType = ReadText(ref reader, key);
                    break;
                case "digest":
                    digest = ReadDigest(ref reader);
                    break;
                case "size":
                    size = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) ? value : -1;
                    break;
                case "urls" when reader.TokenType == JsonTokenType.StartArray:
                    urls = ReadUrls(ref reader);
                    break;
                case "platform" when reader.TokenType != JsonTokenType.Null:
                    platform = ReadPlatform(ref reader);
                    break;
                case "annotations" when reader.TokenType != JsonTokenType.Null:
                    annotations = ReadAnnotations(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (mediaType is null || digest is null || size < 0)
        {
            throw new CorruptContentException(
                subject, "a descriptor lacks \"mediaType\", \"digest\" or a \"size\" that is not negative");
        }

        Descriptor descriptor = new(mediaType, digest.Value, size) { Platform = platform, ArtifactType = artifactType, Urls = urls };
        return annotations is null ? descriptor : descriptor with { Annotations = annotations };
    }

    internal string? ReadText(ref Utf8JsonReader reader, string key)
    {
        try
        {
            return reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Null => null,
                _ => throw new CorruptContentException(subject, $"\"{Quote(key)}\" is not a string"),
            };
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptContentException(subject, $"\"{Quote(key)}\" is not text", e);
        }
    }

    private Digest ReadDigest(ref Utf8JsonReader reader)
    {
        string? text = ReadText(ref reader, "digest");
        return Digest.TryParse(text, out Digest digest)
            ? digest
            : throw new CorruptContentException(subject, $"invalid digest in a descriptor: {Quote(text ?? "null")}");
    }

    private List<string> ReadUrls(ref Utf8JsonReader reader)
    {
        const int most = 64;
        List<string> urls = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (urls.Count == most)
            {
                throw new CorruptContentException(subject, $"\"urls\" lists more than {most} addresses");
            }

            urls.Add(ReadText(ref reader, "urls") ?? "");
        }

        return urls;
    }

    private Platform? ReadPlatform(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader, "\"platform\"");
        string? os = null;
        string? architecture = null;
        string? variant = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "os":
                    os = ReadText(ref reader, key);
                    break;
                case "architecture":
                    architecture = ReadText(ref reader, key);
                    break;
                case "variant":
                    variant = ReadText(ref reader, key);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return string.IsNullOrEmpty(os) || string.IsNullOrEmpty(architecture)
            ? null
            : Platform.FromDocument(os, architecture, variant, subject);
    }

    internal Dictionary<string, string> ReadAnnotations(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader, "\"annotations\"");
        Dictionary<string, string> annotations = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            annotations[key] = ReadText(ref reader, key) ?? "";
        }

        return annotations;
    }

    private void RequireObject(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new CorruptContentException(subject, $"{what} is not an object");
        }
    }
}
