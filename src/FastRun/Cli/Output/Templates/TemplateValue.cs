using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>What Go's templates do with values: truth, order, and how they print.</summary>
internal static class TemplateValue
{
    /// <summary>JSON as Docker prints it: no character is escaped that need not be.</summary>
    internal static string ToJson(JsonNode? value, bool indented = false)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Indented = indented,
            IndentSize = 4,
            NewLine = "\n",
        };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Go's truth: everything but false, nothing, zero and what is empty.</summary>
    internal static bool IsTrue(JsonNode? value) => value switch
    {
        null => false,
        JsonArray list => list.Count > 0,
        JsonObject members => members.Count > 0,
        _ when AsText(value) is { } text => text.Length > 0,
        _ when AsBoolean(value) is { } boolean => boolean,
        _ => AsNumber(value) is not 0,
    };

    internal static string? AsText(JsonNode? value) =>
        value is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : null;

    internal static bool? AsBoolean(JsonNode? value) =>
        value is JsonValue scalar && scalar.TryGetValue(out bool boolean) ? boolean : null;

    internal static decimal? AsNumber(JsonNode? value)
    {
        if (value is not JsonValue scalar)
        {
            return null;
        }

        return scalar.TryGetValue(out long integer) ? integer
            : scalar.TryGetValue(out int small) ? small
            : scalar.TryGetValue(out decimal number) ? number
            : null;
    }

    internal static bool AreEqual(JsonNode? left, JsonNode? right) =>
        AsNumber(left) is { } a && AsNumber(right) is { } b ? a == b : JsonNode.DeepEquals(left, right);

    internal static string TypeName(JsonNode? value) => value switch
    {
        null => "nil",
        JsonArray => "[]interface {}",
        JsonObject => "map[string]interface {}",
        _ when AsText(value) is not null => "string",
        _ when AsBoolean(value) is not null => "bool",
        _ => AsNumber(value) is { } number && decimal.IsInteger(number) ? "int" : "float64",
    };

    /// <summary>How Go's fmt prints a value with %v.</summary>
    internal static string Print(JsonNode? value) => value switch
    {
        null => "<no value>",
        JsonArray list => PrintList(list),
        JsonObject members => PrintMap(members),
        _ when AsText(value) is { } text => text,
        _ when AsBoolean(value) is { } boolean => boolean ? "true" : "false",
        _ when AsNumber(value) is { } number => number.ToString("0.##########", CultureInfo.InvariantCulture),
        _ => value.ToJsonString(),
    };

    private static string PrintList(JsonArray list)
    {
        var items = new List<string>();
        foreach (JsonNode? item in list)
        {
            items.Add(item is null ? "<nil>" : Print(item));
        }

        return "[" + string.Join(' ', items) + "]";
    }

    private static string PrintMap(JsonObject members)
    {
        var keys = new List<string>();
        foreach (KeyValuePair<string, JsonNode?> member in members)
        {
            keys.Add(member.Key);
        }

        keys.Sort(StringComparer.Ordinal);
        var text = new StringBuilder("map[");
        foreach (string key in keys)
        {
            text.Append(text.Length > 4 ? " " : "").Append(key).Append(':')
                .Append(members[key] is { } value ? Print(value) : "<nil>");
        }

        return text.Append(']').ToString();
    }
}
