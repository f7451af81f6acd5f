using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastRun.Layers.Oci;

/// <summary>An image config (OCI image-spec, config), with what Docker adds to it. Absent fields are null.</summary>
public sealed record ImageConfig
{
    /// <summary>When the image was made, RFC 3339.</summary>
    [JsonPropertyName("created")]
    public string? Created { get; init; }

    /// <summary>Who made it.</summary>
    [JsonPropertyName("author")]
    public string? Author { get; init; }

    /// <summary>The CPU architecture, Go's spelling.</summary>
    [JsonPropertyName("architecture")]
    public string? Architecture { get; init; }

    /// <summary>The operating system, Go's spelling.</summary>
    [JsonPropertyName("os")]
    public string? Os { get; init; }

    /// <summary>The operating system's version.</summary>
    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    /// <summary>The CPU's variant.</summary>
    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>Docker: a comment.</summary>
    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    /// <summary>Docker: the version that built it.</summary>
    [JsonPropertyName("docker_version")]
    public string? DockerVersion { get; init; }

    /// <summary>How to run it.</summary>
    [JsonPropertyName("config")]
    public ContainerConfig? Config { get; init; }

    /// <summary>The layers' uncompressed digests.</summary>
    [JsonPropertyName("rootfs")]
    public RootFilesystem? Rootfs { get; init; }

    /// <summary>How each layer came to be.</summary>
    [JsonPropertyName("history")]
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    /// <summary>What a snapshot was made of; other engines pass over it.</summary>
    [JsonPropertyName("fastrun.snapshot")]
    public SnapshotOrigin? Snapshot { get; init; }

    /// <summary>Which layers the steps of a build made, for builds elsewhere (<c>--cache-to type=inline</c>): a JSON document as text.</summary>
    [JsonPropertyName("fastrun.buildcache.v1")]
    public string? InlineCache { get; init; }

    /// <summary>The layers' diffIDs, bottom first.</summary>
    [JsonIgnore]
    public IReadOnlyList<Digest> DiffIds { get; private init; } = [];

    /// <summary>What the image was built for.</summary>
    [JsonIgnore]
    public Platform Platform { get; private init; } = Platform.Host;

    /// <summary>When it was made, or the epoch where it does not say.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt =>
        DateTimeOffset.TryParse(
            Created,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out DateTimeOffset at)
            ? at.ToUniversalTime()
            : DateTimeOffset.UnixEpoch;

    /// <summary>Reads and checks a config.</summary>
    /// <exception cref="CorruptContentException">It is malformed or not an image's config.</exception>
    public static ImageConfig Parse(ReadOnlySpan<byte> json, string subject)
    {
        StrictJson.Check(json, subject);
        ImageConfig config;
        try
        {
            config = JsonSerializer.Deserialize(json, OciJsonContext.Default.ImageConfig)
                ?? throw new CorruptContentException(subject, "not an image config");
        }
        catch (JsonException e)
        {
            throw new CorruptContentException(
                subject, $"not an image config: {References.ReferenceGrammar.Quote(e.Path ?? "$")} has the wrong type", e);
        }

        if (string.IsNullOrEmpty(config.Os) || string.IsNullOrEmpty(config.Architecture) || config.Rootfs?.DiffIds is null)
        {
            throw new CorruptContentException(
                subject, "not an image config: \"os\", \"architecture\" or \"rootfs.diff_ids\" is missing");
        }

        return config with
        {
            DiffIds = ParseDiffIds(config.Rootfs, subject),
            Platform = Platform.FromDocument(config.Os, config.Architecture, config.Variant, subject),
        };
    }

    private static Digest[] ParseDiffIds(RootFilesystem rootfs, string subject)
    {
        if (rootfs.Type is not (null or "layers"))
        {
            throw new CorruptContentException(
                subject, $"the root file system's type is {References.ReferenceGrammar.Quote(rootfs.Type)}, not layers");
        }

        Digest[] diffIds = new Digest[rootfs.DiffIds!.Count];
        for (int i = 0; i < diffIds.Length; i++)
        {
            diffIds[i] = Digest.TryParse(rootfs.DiffIds[i], out Digest digest)
                ? digest
                : throw new CorruptContentException(
                    subject, $"invalid diff_id {References.ReferenceGrammar.Quote(rootfs.DiffIds[i] ?? "null")}");
        }

        return diffIds;
    }
}
