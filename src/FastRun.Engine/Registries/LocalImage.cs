using System;
using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using FastRun.Layers;
using FastRun.Layers.Content;
using FastRun.Layers.Hosting;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Registries;

/// <summary>One image of this machine as a registry serves it: held, so that it is not removed meanwhile.</summary>
internal sealed class LocalImage(StateLayout layout, ImageLease lease) : IDisposable
{
    private readonly Digest _configDigest = lease.Record.ImageId;

    /// <summary>Its manifest: the config as it is, the layers as plain tars.</summary>
    /// <exception cref="LayerException">A layer cannot be made again.</exception>
    /// <exception cref="CorruptContentException">The config is damaged.</exception>
    internal HostedManifest MakeManifest()
    {
        byte[] config = ReadConfig();
        ImageLayers layers = new(layout, lease.Record);
        ArrayBufferWriter<byte> document = new();
        using (Utf8JsonWriter json = new(document))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciManifest);
            json.WritePropertyName("config");
            WriteDescriptor(json, MediaTypes.OciConfig, _configDigest, config.Length);
            json.WriteStartArray("layers");
            foreach (Digest diffId in ImageConfig.Parse(config, $"config {_configDigest}").DiffIds)
            {
                WriteDescriptor(json, MediaTypes.OciLayer, diffId, layers.Find(diffId).Size);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        byte[] bytes = document.WrittenSpan.ToArray();
        return new HostedManifest(Digest.FromSha256(SHA256.HashData(bytes)), MediaTypes.OciManifest, bytes);
    }

    /// <summary>Its config or one of its layers, which holds the image from now on; null where it is neither.</summary>
    /// <exception cref="LayerException">A layer is missing.</exception>
    internal HostedBlob? TryOpenBlob(Digest digest)
    {
        if (digest == _configDigest)
        {
            return new DocumentBlob(ReadConfig(), this);
        }

        return new ImageLayers(layout, lease.Record).TryFind(digest) is { } tar ? new LayerTarBlob(tar, this) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();

    private byte[] ReadConfig() => new ContentStore(layout).TryRead(_configDigest)
        ?? throw new CorruptContentException($"config {_configDigest}", "missing from the store");

    private static void WriteDescriptor(Utf8JsonWriter json, string mediaType, Digest digest, long size)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", digest.ToString());
        json.WriteNumber("size", size);
        json.WriteEndObject();
    }
}
