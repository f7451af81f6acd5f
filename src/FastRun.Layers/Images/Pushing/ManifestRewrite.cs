using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Pushing;

/// <summary>
/// The manifest of an image some of whose layers are other blobs now. All else of the one that it came by stays, byte for byte where
/// JSON leaves a choice; one of Docker's becomes one of OCI where a layer is Zstandard, which Docker's has no word for.
/// </summary>
internal static class ManifestRewrite
{
    /// <summary>The manifest of an image that came without one: OCI's.</summary>
    internal static byte[] Create(
        Descriptor config, IReadOnlyList<Descriptor> layers, IReadOnlyDictionary<string, string>? annotations = null) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaTypes.OciManifest);
        writer.WritePropertyName("config");
        WriteDescriptor(writer, config with { MediaType = MediaTypes.IsConfig(config.MediaType) ? MediaTypes.OciConfig : config.MediaType }, annotations: null);
        writer.WriteStartArray("layers");
        foreach (Descriptor layer in layers)
        {
            WriteDescriptor(writer, layer with { MediaType = MediaTypes.OciOf(layer.MediaType) }, annotations: null);
        }

        writer.WriteEndArray();
        WriteAnnotations(writer, annotations);
        writer.WriteEndObject();
    });

    /// <summary>Writes annotations by the order of their keys, where there are any.</summary>
    internal static void WriteAnnotations(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? annotations)
    {
        if (annotations is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartObject("annotations");
        foreach ((string key, string value) in new SortedDictionary<string, string>(new Dictionary<string, string>(annotations), StringComparer.Ordinal))
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Replaces layers.</summary>
    /// <param name="original">The manifest.</param>
    /// <param name="layers">The layers now, as many as it has.</param>
    internal static byte[] Replace(ManifestDocument original, IReadOnlyList<Descriptor> layers)
    {
        bool isOci = original.MediaType != MediaTypes.DockerManifest;
        bool becomesOci = !isOci && Exists(layers, static layer => MediaTypes.IsZstd(layer.MediaType));
        Func<string, string> typed = isOci || becomesOci ? MediaTypes.OciOf : MediaTypes.DockerOf;
        using JsonDocument document = JsonDocument.Parse(original.Bytes);
        return Write(writer =>
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                writer.WritePropertyName(property.Name);
                switch (property.Name)
                {
                    case "mediaType" when becomesOci:
                        writer.WriteStringValue(MediaTypes.OciManifest);
                        break;
                    case "config" when becomesOci:
                        WriteDescriptor(writer, original.Config! with { MediaType = MediaTypes.OciConfig }, property.Value);
                        break;
                    case "layers":
                        WriteLayers(writer, original, property.Value, layers, becomesOci, typed);
                        break;
                    default:
                        property.Value.WriteTo(writer);
                        break;
                }
            }

            writer.WriteEndObject();
        });
    }

    private static void WriteLayers(
        Utf8JsonWriter writer,
        ManifestDocument original,
        JsonElement elements,
        IReadOnlyList<Descriptor> layers,
        bool becomesOci,
        Func<string, string> typed)
    {
        writer.WriteStartArray();
        int index = 0;
        foreach (JsonElement element in elements.EnumerateArray())
        {
            Descriptor layer = layers[index];
            bool isSame = layer.Digest == original.Layers[index].Digest;
            if (isSame && !becomesOci)
            {
                element.WriteTo(writer);
            }
            else
            {
                // Annotations speak of the blob that they stand at.
                WriteDescriptor(writer, layer with { MediaType = typed(layer.MediaType) }, isSame ? element : null);
            }

            index++;
        }

        writer.WriteEndArray();
    }

    private static void WriteDescriptor(Utf8JsonWriter writer, Descriptor descriptor, JsonElement? annotations)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", descriptor.MediaType);
        writer.WriteString("digest", descriptor.Digest.ToString());
        writer.WriteNumber("size", descriptor.Size);
        if (descriptor.Urls.Count > 0)
        {
            writer.WriteStartArray("urls");
            foreach (string url in descriptor.Urls)
            {
                writer.WriteStringValue(url);
            }

            writer.WriteEndArray();
        }

        if (annotations?.TryGetProperty("annotations", out JsonElement said) == true)
        {
            writer.WritePropertyName("annotations");
            said.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static bool Exists(IReadOnlyList<Descriptor> layers, Predicate<Descriptor> wanted)
    {
        foreach (Descriptor layer in layers)
        {
            if (wanted(layer))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            content(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
