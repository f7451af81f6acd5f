using System;
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastRun.Engine.Build.Dockerfile;

namespace FastRun.Engine.Build.Calls;

/// <summary>What the answers have in common as JSON. A property without a value is left out, as BuildKit does.</summary>
internal static class CallJson
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    internal static string Text(Action<Utf8JsonWriter> content)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, s_options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a property that has a value.</summary>
    internal static void Property(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Writes a place (BuildKit, solver/pb, Location).</summary>
    internal static void Location(Utf8JsonWriter json, LineRange lines)
    {
        json.WriteStartObject("location");
        if (!lines.IsNone)
        {
            json.WriteStartArray("ranges");
            json.WriteStartObject();
            Position(json, "start", lines.First);
            Position(json, "end", lines.Last);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the Dockerfile.</summary>
    internal static void Sources(Utf8JsonWriter json, ReadOnlyMemory<byte> dockerfile)
    {
        json.WriteStartArray("sources");
        json.WriteBase64StringValue(dockerfile.Span);
        json.WriteEndArray();
    }

    private static void Position(Utf8JsonWriter json, string name, int line)
    {
        json.WriteStartObject(name);
        json.WriteNumber("line", line);
        json.WriteEndObject();
    }
}
