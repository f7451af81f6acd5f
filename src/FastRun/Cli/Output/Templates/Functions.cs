using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FastRun.Cli.Output.Templates;

/// <summary>The functions of text/template that print and compare, and those that Docker adds.</summary>
internal static class Functions
{
    /// <summary>What <c>.Label "key"</c> is called as; no template can name it.</summary>
    internal const string Label = ".Label";

    internal static bool IsKnown(string name) => name is "and" or "or" or "not" or "len" or "index" or "slice" or "print" or "printf"
        or "println" or "eq" or "ne" or "lt" or "le" or "gt" or "ge" or "json" or "join" or "split" or "lower" or "upper"
        or "title" or "pad" or "truncate";

    internal static JsonNode? Call(string name, JsonNode?[] arguments) => name switch
    {
        "not" => !TemplateValue.IsTrue(One(name, arguments)),
        "len" => Length(One(name, arguments)),
        "index" => Index(arguments),
        "slice" => Slice(arguments),
        "print" => Join(arguments, onlyBetweenNonText: true),
        "println" => Join(arguments, onlyBetweenNonText: false) + "\n",
        "printf" => PrintfFormat.Format(arguments),
        "eq" => AnyEqual(arguments),
        "ne" => !TemplateValue.AreEqual(Two(name, arguments).Left, arguments[1]),
        "lt" => Compare(name, arguments) < 0,
        "le" => Compare(name, arguments) <= 0,
        "gt" => Compare(name, arguments) > 0,
        "ge" => Compare(name, arguments) >= 0,
        "json" => TemplateValue.ToJson(One(name, arguments)),
        "join" => JoinList(arguments),
        "split" => Split(arguments),
        "lower" => Text(name, One(name, arguments)).ToLowerInvariant(),
        "upper" => Text(name, One(name, arguments)).ToUpperInvariant(),
        "title" => Title(Text(name, One(name, arguments))),
        "pad" => Pad(arguments),
        "truncate" => Truncate(arguments),
        Label => Two(name, arguments).Left is JsonObject labels && labels[Text(name, arguments[1])] is { } value ? value : "",
        _ => throw new TemplateException($"function \"{name}\" not defined"),
    };

    private static JsonNode? One(string name, JsonNode?[] arguments) =>
        arguments.Length == 1 ? arguments[0] : throw WrongCount(name, 1, arguments.Length);

    private static (JsonNode? Left, JsonNode? Right) Two(string name, JsonNode?[] arguments) =>
        arguments.Length == 2 ? (arguments[0], arguments[1]) : throw WrongCount(name, 2, arguments.Length);

    private static TemplateException WrongCount(string name, int wanted, int got) => new(string.Create(
        CultureInfo.InvariantCulture, $"wrong number of args for {name}: want {wanted} got {got}"));

    private static string Text(string name, JsonNode? value) => TemplateValue.AsText(value)
        ?? throw new TemplateException($"wrong type for value of {name}; expected string; got {TemplateValue.TypeName(value)}");

    private static int Number(string name, JsonNode? value) =>
        TemplateValue.AsNumber(value) is { } number and >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new TemplateException($"wrong type for value of {name}; expected int; got {TemplateValue.TypeName(value)}");

    private static int Length(JsonNode? value) => value switch
    {
        null => 0,
        JsonArray list => list.Count,
        JsonObject members => members.Count,
        _ => Encoding.UTF8.GetByteCount(TemplateValue.AsText(value)
            ?? throw new TemplateException($"len of type {TemplateValue.TypeName(value)}")),
    };

    private static JsonNode? Index(JsonNode?[] arguments)
    {
        if (arguments.Length == 0)
        {
            throw WrongCount("index", 1, 0);
        }

        JsonNode? value = arguments[0];
        foreach (JsonNode? key in arguments.AsSpan(1))
        {
            value = value switch
            {
                JsonObject members => members[Text("index", key)],
                JsonArray list => Number("index", key) is >= 0 and var i && i < list.Count
                    ? list[i]
                    : throw new TemplateException($"index out of range: {TemplateValue.Print(key)}"),
                null => throw new TemplateException("index of untyped nil"),
                _ => throw new TemplateException($"can't index item of type {TemplateValue.TypeName(value)}"),
            };
        }

        return value;
    }

    private static JsonNode? Slice(JsonNode?[] arguments)
    {
        if (arguments.Length is < 1 or > 3)
        {
            throw WrongCount("slice", 3, arguments.Length);
        }

        int length = Length(arguments[0]);
        int from = arguments.Length > 1 ? Number("slice", arguments[1]) : 0;
        int to = arguments.Length > 2 ? Number("slice", arguments[2]) : length;
        if (from < 0 || to > length || from > to)
        {
            throw new TemplateException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {to}"));
        }

        if (arguments[0] is not JsonArray list)
        {
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Text("slice", arguments[0])).AsSpan(from, to - from));
        }

        var part = new JsonArray();
        for (int i = from; i < to; i++)
        {
            part.Add(list[i]?.DeepClone());
        }

        return part;
    }

    private static string Join(JsonNode?[] arguments, bool onlyBetweenNonText)
    {
        var text = new StringBuilder();
        for (int i = 0; i < arguments.Length; i++)
        {
            bool space = !onlyBetweenNonText
                || (i > 0 && TemplateValue.AsText(arguments[i]) is null && TemplateValue.AsText(arguments[i - 1]) is null);
            text.Append(i > 0 && space ? " " : "").Append(arguments[i] is null ? "<nil>" : TemplateValue.Print(arguments[i]));
        }

        return text.ToString();
    }

    private static bool AnyEqual(JsonNode?[] arguments)
    {
        if (arguments.Length < 2)
        {
            throw new TemplateException("missing argument for comparison");
        }

        foreach (JsonNode? other in arguments.AsSpan(1))
        {
            if (TemplateValue.AreEqual(arguments[0], other))
            {
                return true;
            }
        }

        return false;
    }

    private static int Compare(string name, JsonNode?[] arguments)
    {
        (JsonNode? left, JsonNode? right) = Two(name, arguments);
        if (TemplateValue.AsNumber(left) is { } a && TemplateValue.AsNumber(right) is { } b)
        {
            return a.CompareTo(b);
        }

        return TemplateValue.AsText(left) is { } x && TemplateValue.AsText(right) is { } y
            ? string.CompareOrdinal(x, y)
            : throw new TemplateException("incompatible types for comparison");
    }

    private static string JoinList(JsonNode?[] arguments)
    {
        (JsonNode? list, JsonNode? separator) = Two("join", arguments);
        if (list is not (JsonArray or null))
        {
            throw new TemplateException($"wrong type for value of join; expected []string; got {TemplateValue.TypeName(list)}");
        }

        var items = new List<string>();
        foreach (JsonNode? item in list as JsonArray ?? [])
        {
            items.Add(TemplateValue.Print(item));
        }

        return string.Join(Text("join", separator), items);
    }

    private static JsonArray Split(JsonNode?[] arguments)
    {
        (JsonNode? text, JsonNode? separator) = Two("split", arguments);
        var list = new JsonArray();
        foreach (string part in Text("split", text).Split(Text("split", separator)))
        {
            list.Add((JsonNode)part);
        }

        return list;
    }

    private static string Title(string text)
    {
        char[] letters = text.ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            bool first = i == 0 || !(char.IsLetterOrDigit(letters[i - 1]) || letters[i - 1] is '_' or '\'');
            letters[i] = first ? char.ToUpperInvariant(letters[i]) : letters[i];
        }

        return new string(letters);
    }

    private static string Pad(JsonNode?[] arguments)
    {
        if (arguments.Length != 3)
        {
            throw WrongCount("pad", 3, arguments.Length);
        }

        string text = Text("pad", arguments[0]);
        return text.Length == 0
            ? text
            : new string(' ', Width(arguments[1])) + text + new string(' ', Width(arguments[2]));
    }

    private static int Width(JsonNode? value) => Math.Clamp(Number("pad", value), 0, 1024);

    private static string Truncate(JsonNode?[] arguments)
    {
        (JsonNode? value, JsonNode? length) = Two("truncate", arguments);
        string text = Text("truncate", value);
        return text[..Math.Clamp(Number("truncate", length), 0, text.Length)];
    }
}
