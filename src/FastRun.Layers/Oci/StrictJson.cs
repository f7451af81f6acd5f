using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FastRun.Layers.Oci;

/// <summary>
/// The checks that every document must pass before its meaning is read: of bounded size and depth, well formed, and
/// without a key that occurs twice, since parsers differ in which of the two they believe (CVE-2021-41190).
/// </summary>
internal static class StrictJson
{
    /// <summary>The most that a manifest, an index or a config may have, as registries limit them.</summary>
    internal const int MaxSize = 4 << 20;

    internal const int MaxDepth = 32;

    internal static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Checks a document whose top level must be an object or an array, as <paramref name="start"/> says.</summary>
    /// <exception cref="CorruptContentException">It fails a check.</exception>
    internal static void Check(ReadOnlySpan<byte> json, string subject, JsonTokenType start = JsonTokenType.StartObject)
    {
        if (json.Length > MaxSize)
        {
            throw new CorruptContentException(subject, "larger than 4 MiB");
        }

        Utf8JsonReader reader = new(json, ReaderOptions);
        try
        {
            Walk(ref reader, subject, start);
        }
        catch (JsonException e)
        {
            throw Malformed(subject, e);
        }
        catch (InvalidOperationException e)
        {
            // A key with an escape that is no character (a lone surrogate).
            throw new CorruptContentException(subject, "invalid JSON: a key is not text", e);
        }
    }

    /// <summary>The error for a document that the JSON reader refuses.</summary>
    internal static CorruptContentException Malformed(string subject, JsonException e) =>
        new(subject, $"invalid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}", e);

    private static void Walk(ref Utf8JsonReader reader, string subject, JsonTokenType start)
    {
        Stack<HashSet<string>> objects = new();
        bool first = true;
        while (reader.Read())
        {
            if (first && reader.TokenType != start)
            {
                throw new CorruptContentException(
                    subject, start == JsonTokenType.StartObject ? "not a JSON object" : "not a JSON array");
            }

            first = false;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    objects.Push([]);
                    break;
                case JsonTokenType.EndObject:
                    objects.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    string key = reader.GetString()!;
                    if (!objects.Peek().Add(key))
                    {
                        throw new CorruptContentException(
                            subject, $"the key \"{References.ReferenceGrammar.Quote(key)}\" occurs twice in one object");
                    }

                    break;
            }
        }
    }
}
