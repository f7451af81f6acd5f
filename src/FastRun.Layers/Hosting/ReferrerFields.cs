using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Hosting;

/// <summary>What the list of referrers wants to know of a manifest (distribution-spec 1.1, "Listing Referrers").</summary>
/// <param name="Subject">The manifest that it refers to; null where it refers to none.</param>
/// <param name="ArtifactType">What it states that it is.</param>
/// <param name="Annotations">Its annotations; null where it has none.</param>
internal sealed record ReferrerFields(Descriptor? Subject, string? ArtifactType, IReadOnlyDictionary<string, string>? Annotations)
{
    /// <summary>Reads them from a document that was read as a manifest already.</summary>
    /// <exception cref="CorruptContentException">One of them is malformed.</exception>
    internal static ReferrerFields Read(ReadOnlySpan<byte> json, string name)
    {
        DescriptorReader descriptors = new(name);
        Utf8JsonReader reader = new(json, StrictJson.ReaderOptions);
        Descriptor? subject = null;
        string? artifactType = null;
        Dictionary<string, string>? annotations = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "subject" when reader.TokenType != JsonTokenType.Null:
                    subject = descriptors.Read(ref reader);
                    break;
                case "artifactType":
                    artifactType = descriptors.ReadText(ref reader, key);
                    break;
                case "annotations" when reader.TokenType != JsonTokenType.Null:
                    annotations = descriptors.ReadAnnotations(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new ReferrerFields(subject, string.IsNullOrEmpty(artifactType) ? null : artifactType, annotations);
    }
}
