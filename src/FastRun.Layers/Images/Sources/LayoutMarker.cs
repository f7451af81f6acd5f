using System;
using System.Text.Json;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images.Sources;

/// <summary>The file <c>oci-layout</c>, which says that a directory is one.</summary>
internal static class LayoutMarker
{
    /// <summary>The version; null where it does not say.</summary>
    internal static string? ReadVersion(ReadOnlySpan<byte> json, string subject)
    {
        StrictJson.Check(json, subject);
        DescriptorReader text = new(subject);
        Utf8JsonReader reader = new(json, StrictJson.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (key == "imageLayoutVersion")
            {
                return text.ReadText(ref reader, key);
            }

            reader.Skip();
        }

        return null;
    }
}
