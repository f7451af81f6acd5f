using System.Collections.Generic;
using System.Text.Json;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Hosting;

/// <summary>A manifest that refers to another one, as the list of referrers describes it.</summary>
/// <param name="Descriptor">Its media type, digest and size.</param>
/// <param name="ArtifactType">What it is; null where it does not say.</param>
/// <param name="Annotations">Its annotations; null where it has none.</param>
public sealed record Referrer(Descriptor Descriptor, string? ArtifactType, IReadOnlyDictionary<string, string>? Annotations)
{
    /// <summary>Writes it as a descriptor of an index.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", Descriptor.MediaType);
        json.WriteString("digest", Descriptor.Digest.ToString());
        json.WriteNumber("size", Descriptor.Size);
        if (ArtifactType is not null)
        {
            json.WriteString("artifactType", ArtifactType);
        }

        if (Annotations is not null)
        {
            json.WriteStartObject("annotations");
            foreach ((string key, string value) in Annotations)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
