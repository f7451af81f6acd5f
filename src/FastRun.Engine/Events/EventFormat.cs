using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Engine.Events;

/// <summary>
/// An event as a line of the journal: compact JSON between two newlines, so that a line that a kill or a full disk cut off
/// spoils none after it.
/// </summary>
internal static class EventFormat
{
    /// <summary>The longest line that is written, and read; attributes that would make it longer are left out.</summary>
    internal const int LongestLine = 256 * 1024;

    /// <summary>What the longest escape makes of a character.</summary>
    private const int LongestEscape = 6;

    internal static byte[] Write(EngineEvent happened)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        buffer.Write("\n"u8);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("t"u8, happened.Time.UtcTicks);
            writer.WriteString("type"u8, happened.TypeName);
            writer.WriteString("action"u8, Bounded(happened.Action));
            writer.WriteString("id"u8, Bounded(happened.Id));
            writer.WriteStartObject("attributes"u8);
            int left = LongestLine / LongestEscape / 2;
            foreach ((string key, string value) in happened.Attributes)
            {
                if (key.Length + value.Length <= left)
                {
                    left -= key.Length + value.Length;
                    writer.WriteString(key, value);
                }
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line; null where it is none of ours.</summary>
    internal static EngineEvent? TryParse(ReadOnlySpan<byte> line)
    {
        long ticks = 0;
        string type = "";
        string action = "";
        string id = "";
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        try
        {
            Utf8JsonReader reader = new(line);
            string member = "";
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        member = reader.GetString()!;
                        break;
                    case JsonTokenType.Number when reader.CurrentDepth == 1:
                        ticks = reader.GetInt64();
                        break;
                    case JsonTokenType.String when reader.CurrentDepth == 2:
                        attributes[member] = reader.GetString()!;
                        break;
                    case JsonTokenType.String when member == "type":
                        type = reader.GetString()!;
                        break;
                    case JsonTokenType.String when member == "action":
                        action = reader.GetString()!;
                        break;
                    case JsonTokenType.String when member == "id":
                        id = reader.GetString()!;
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }

        return EngineEvent.TypeOf(type) is { } known && ticks > 0 && ticks <= DateTime.MaxValue.Ticks
            ? new EngineEvent(known, action, id, attributes, new DateTimeOffset(ticks, TimeSpan.Zero))
            : null;
    }

    private static string Bounded(string text) => text.Length <= 4096 ? text : text[..4096];
}
