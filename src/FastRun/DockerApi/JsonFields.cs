using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastRun.Native.Terminals;

namespace FastRun.DockerApi;

/// <summary>Members of what a client sent. One that is missing or null is none; one of another kind is the client's fault.</summary>
internal static class JsonFields
{
    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>An object; an empty one where it is missing.</summary>
    internal static JsonElement Object(this JsonElement parent, string name) => parent.Member(name, JsonValueKind.Object) ?? default;

    /// <summary>A text; null where it is missing or empty.</summary>
    internal static string? Text(this JsonElement parent, string name) =>
        parent.Member(name, JsonValueKind.String)?.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Yes or no; no where it is missing.</summary>
    internal static bool Flag(this JsonElement parent, string name) =>
        parent.Value(name) is { } value && (value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "a boolean"),
        });

    /// <summary>A whole number; null where it is missing.</summary>
    internal static long? Number(this JsonElement parent, string name) => parent.Value(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number
        : throw Wrong(name, "a whole number");

    /// <summary>A whole number; null where it is missing or 0, which means none in most of Docker's fields.</summary>
    internal static long? NumberUnlessZero(this JsonElement parent, string name) => parent.Number(name) is { } number and not 0 ? number : null;

    /// <summary>A list of texts; null where it is missing.</summary>
    internal static List<string>? TextsOrNull(this JsonElement parent, string name)
    {
        if (parent.Member(name, JsonValueKind.Array) is not { } array)
        {
            return null;
        }

        List<string> texts = [];
        foreach (JsonElement item in array.EnumerateArray())
        {
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, "a list of strings"));
        }

        return texts;
    }

    /// <summary>A list of texts; an empty one where it is missing.</summary>
    internal static List<string> Texts(this JsonElement parent, string name) => parent.TextsOrNull(name) ?? [];

    /// <summary>A command: a list of words, or one word by itself (strslice); null where it is missing.</summary>
    internal static List<string>? Words(this JsonElement parent, string name) =>
        parent.Value(name) is { ValueKind: JsonValueKind.String } word ? [word.GetString()!] : parent.TextsOrNull(name);

    /// <summary>A list of objects; an empty one where it is missing.</summary>
    internal static IEnumerable<JsonElement> Objects(this JsonElement parent, string name)
    {
        if (parent.Member(name, JsonValueKind.Array) is { } array)
        {
            foreach (JsonElement item in array.EnumerateArray())
            {
                yield return item.ValueKind == JsonValueKind.Object ? item : throw Wrong(name, "a list of objects");
            }
        }
    }

    /// <summary>The members of an object; none where it is missing.</summary>
    internal static IEnumerable<JsonProperty> Members(this JsonElement parent, string name)
    {
        if (parent.Member(name, JsonValueKind.Object) is { } found)
        {
            foreach (JsonProperty property in found.EnumerateObject())
            {
                yield return property;
            }
        }
    }

    /// <summary>Texts by name.</summary>
    internal static IReadOnlyDictionary<string, string> Map(this JsonElement parent, string name)
    {
        if (parent.Member(name, JsonValueKind.Object) is not { } found)
        {
            return s_none;
        }

        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (JsonProperty property in found.EnumerateObject())
        {
            map[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Wrong(name, "an object of strings");
        }

        return map;
    }

    /// <summary>A member of any kind; null where it is missing or null. Names are found in any case, as Go does.</summary>
    internal static JsonElement? Value(this JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (parent.TryGetProperty(name, out JsonElement exact))
        {
            return exact.ValueKind == JsonValueKind.Null ? null : exact;
        }

        foreach (JsonProperty property in parent.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
            }
        }

        return null;
    }

    /// <summary>Rows and columns of a terminal; null where they are missing, or 0.</summary>
    internal static WindowSize? ConsoleSize(this JsonElement parent) =>
        parent.Value("ConsoleSize") is { ValueKind: JsonValueKind.Array } size && size.GetArrayLength() == 2
        && size[0].ValueKind == JsonValueKind.Number && size[1].ValueKind == JsonValueKind.Number
        && size[0].TryGetUInt16(out ushort rows) && size[1].TryGetUInt16(out ushort columns) && (rows, columns) is not (0, 0)
            ? new WindowSize(rows, columns)
            : null;

    /// <summary>Texts as a JSON array.</summary>
    internal static JsonArray ToArray(IEnumerable<string> texts)
    {
        JsonArray array = [];
        foreach (string text in texts)
        {
            array.Add((JsonNode)text);
        }

        return array;
    }

    /// <summary>Texts by name as a JSON object.</summary>
    internal static JsonObject ToObject(IReadOnlyDictionary<string, string> map)
    {
        JsonObject document = [];
        foreach ((string key, string value) in map)
        {
            document[key] = value;
        }

        return document;
    }

    private static JsonElement? Member(this JsonElement parent, string name, JsonValueKind kind) => parent.Value(name) is not { } value ? null
        : value.ValueKind == kind ? value
        : throw Wrong(name, kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => "a string",
        });

    private static ApiException Wrong(string name, string kind) => ApiException.Invalid($"invalid JSON: {name} must be {kind}");
}
