using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>An OCI image layout that is written by hand, so that it can be exactly as odd as a test needs.</summary>
internal sealed class OciLayout
{
    private readonly JsonArray _manifests = [];

    internal OciLayout(string directory)
    {
        Directory = directory;
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    /// <summary>Go's name of the machine's architecture.</summary>
    internal static string HostArchitecture { get; } =
        RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    internal string Directory { get; }

    /// <summary>The image reference for fastrun.</summary>
    internal string Reference => "oci:" + Directory;

    /// <summary>Adds an image of these layers, lowest first, and returns its manifest's descriptor.</summary>
    /// <param name="tag">Its name in the layout.</param>
    /// <param name="layers">The tars.</param>
    /// <param name="compression">How the blobs are stored.</param>
    /// <param name="config">The <c>config</c> object of the image config.</param>
    /// <param name="architecture">Go's name; the machine's when null.</param>
    /// <param name="edit">Changes the image config, manifest and index entry before they are written, to break them.</param>
    internal JsonObject AddImage(
        string tag,
        IReadOnlyList<byte[]> layers,
        LayerCompression compression = LayerCompression.Gzip,
        JsonObject? config = null,
        string? architecture = null,
        Action<JsonObject, JsonObject>? edit = null)
    {
        architecture ??= HostArchitecture;
        JsonObject imageConfig = new()
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = config ?? [],
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. layers.Select(layer => (JsonNode)DigestOf(layer))]),
            },
        };
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)AddLayer(layer, compression))]),
        };
        edit?.Invoke(imageConfig, manifest);
        if (!manifest.ContainsKey("config"))
        {
            manifest["config"] = AddBlob(Encoding.UTF8.GetBytes(imageConfig.ToJsonString()), "application/vnd.oci.image.config.v1+json");
        }

        JsonObject descriptor = AddBlob(Encoding.UTF8.GetBytes(manifest.ToJsonString()), "application/vnd.oci.image.manifest.v1+json");
        descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture };
        descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        _manifests.Add(descriptor);
        WriteIndex();
        return descriptor;
    }

    /// <summary>Moves all images so far into one nested index, as a registry serves several platforms under one tag.</summary>
    internal void NestUnder(string tag)
    {
        JsonArray nested = [.. _manifests.Select(manifest => manifest!.DeepClone())];
        foreach (JsonNode? manifest in nested)
        {
            manifest!.AsObject().Remove("annotations");
        }

        JsonObject index = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = nested,
        };
        JsonObject descriptor = AddBlob(Encoding.UTF8.GetBytes(index.ToJsonString()), "application/vnd.oci.image.index.v1+json");
        descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        _manifests.Clear();
        _manifests.Add(descriptor);
        WriteIndex();
    }

    /// <summary>The file of a blob.</summary>
    internal string BlobPath(string digest) => Path.Combine(Directory, "blobs", "sha256", digest["sha256:".Length..]);

    /// <summary>Stores a blob and returns its descriptor.</summary>
    internal JsonObject AddBlob(byte[] content, string mediaType)
    {
        string digest = DigestOf(content);
        File.WriteAllBytes(BlobPath(digest), content);
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = content.Length };
    }

    internal static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private JsonObject AddLayer(byte[] tar, LayerCompression compression) => compression switch
    {
        LayerCompression.Gzip => AddBlob(Gzip(tar), "application/vnd.oci.image.layer.v1.tar+gzip"),
        LayerCompression.Zstd => AddBlob(Zstd(tar), "application/vnd.oci.image.layer.v1.tar+zstd"),
        _ => AddBlob(tar, "application/vnd.oci.image.layer.v1.tar"),
    };

    private static byte[] Gzip(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private static byte[] Zstd(byte[] content)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, content);
            _ = Command.Output("zstd", "-q", "-f", file, "-o", file + ".zst");
            return File.ReadAllBytes(file + ".zst");
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".zst");
        }
    }

    private void WriteIndex()
    {
        JsonObject index = new() { ["schemaVersion"] = 2, ["manifests"] = _manifests.DeepClone() };
        File.WriteAllText(Path.Combine(Directory, "index.json"), index.ToJsonString());
    }
}
