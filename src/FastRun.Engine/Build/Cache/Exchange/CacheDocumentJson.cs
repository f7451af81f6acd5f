using System;
using System.Buffers;
using System.Text.Json;
using FastRun.Engine.State;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>The JSON form of <see cref="CacheDocument"/>. What is read is a stranger's: every value is checked here.</summary>
internal static class CacheDocumentJson
{
    private const int MostSteps = 20_000;
    private const int MostLayers = 4096;
    private const int MostMounts = 256;
    private const int LongestId = 4096;
    private const int KeyLength = 64;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    internal static byte[] Encode(CacheDocument document) => JsonRecordWriter.Write(document, Write);

    /// <summary>Reads one.</summary>
    /// <param name="json">At most 4 MiB.</param>
    /// <param name="blobs">How many blobs its manifest has, or layers its image.</param>
    /// <param name="subject">What messages call it.</param>
    /// <exception cref="CorruptContentException">It is none.</exception>
    internal static CacheDocument Decode(byte[] json, int blobs, string subject)
    {
        try
        {
            CacheDocument document = JsonRecordReader.Read(json, Read);
            Check(document, blobs);
            return document;
        }
        catch (JsonException e)
        {
            throw new CorruptContentException(subject, "not a build cache of this release", e);
        }
    }

    private static void Check(CacheDocument document, int blobs)
    {
        int layers = document.Layers?.Count ?? blobs;
        Require(document.SchemaVersion == CacheDocument.CurrentSchema);
        Require(document.Steps.Count <= MostSteps && document.Mounts.Count <= MostMounts && layers <= blobs && blobs <= MostLayers);
        foreach (CachedStep step in document.Steps)
        {
            Require(step.Key.Length == KeyLength && !step.Key.AsSpan().ContainsAnyExcept(s_hex));
            Require(step.Layer is null || (step.Layer >= 0 && step.Layer < layers));
            Require(step.CreatedAt.UtcDateTime.Year >= 1970);
        }

        foreach (string layer in document.Layers ?? [])
        {
            Require(layer.StartsWith("sha256:", StringComparison.Ordinal) && Digest.TryParse(layer, out _));
        }

        foreach (CachedMount mount in document.Mounts)
        {
            Require(mount.Id.Length is > 0 and <= LongestId && mount.Layer >= layers && mount.Layer < blobs);
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new JsonException();
        }
    }

    private static void Write(JsonRecordWriter json, CacheDocument document)
    {
        json.Number("schemaVersion"u8, document.SchemaVersion);
        json.Objects("steps"u8, document.Steps, static (step, value) =>
        {
            step.Text("key"u8, value.Key);
            step.Number("layer"u8, value.Layer);
            step.Time("createdAt"u8, value.CreatedAt);
        });
        json.Texts("layers"u8, document.Layers);
        json.Objects("mounts"u8, document.Mounts, static (mount, value) =>
        {
            mount.Text("id"u8, value.Id);
            mount.Number("layer"u8, value.Layer);
        });
    }

    private static CacheDocument Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? throw new JsonException(),
        Steps = json.Objects("steps"u8, static step => new CachedStep(
            step.RequiredText("key"u8), step.Int("layer"u8), (step.Time("createdAt"u8) ?? throw new JsonException()).ToUniversalTime())),
        Layers = json.Texts("layers"u8),
        Mounts = json.Objects("mounts"u8, static mount => new CachedMount(
            mount.RequiredText("id"u8), mount.Int("layer"u8) ?? throw new JsonException())),
    };
}
