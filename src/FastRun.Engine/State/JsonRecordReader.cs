using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace FastRun.Engine.State;

/// <summary>
/// An object of a record's JSON form, of which members are taken one by one. By hand, because every start reads records: what
/// System.Text.Json needs to know of a type it finds out anew in every process, which took a third of a start's time.
/// </summary>
internal readonly struct JsonRecordReader
{
    private const string DurationFormat = "c";

    private readonly JsonElement _object;

    private JsonRecordReader(JsonElement value) => _object = value;

    /// <summary>Reads a whole document.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="read">Makes the record.</param>
    /// <exception cref="JsonException">It is not JSON, or not of the form that <paramref name="read"/> expects.</exception>
    internal static T Read<T>(byte[] json, Func<JsonRecordReader, T> read)
        where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(new JsonRecordReader(document.RootElement));
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or OverflowException)
        {
            throw new JsonException(null, exception);
        }
    }

    /// <summary>A text; null where there is none.</summary>
    internal string? Text(ReadOnlySpan<byte> name) => TryGet(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>A text that must be there.</summary>
    internal string RequiredText(ReadOnlySpan<byte> name) => Text(name) ?? throw new JsonException();

    /// <summary>True or false, and where there is neither, what its absence means.</summary>
    internal bool Flag(ReadOnlySpan<byte> name, bool otherwise = false) => TryGet(name, out JsonElement value) ? value.GetBoolean() : otherwise;

    /// <summary>A number; null where there is none.</summary>
    internal int? Int(ReadOnlySpan<byte> name) => TryGet(name, out JsonElement value) ? value.GetInt32() : null;

    /// <summary>A number; null where there is none.</summary>
    internal long? Long(ReadOnlySpan<byte> name) => TryGet(name, out JsonElement value) ? value.GetInt64() : null;

    /// <summary>The value of an enumeration by its name; null where there is none.</summary>
    /// <param name="name">The member.</param>
    /// <param name="words">The names, in the order of their values.</param>
    internal int? Word(ReadOnlySpan<byte> name, string[] words)
    {
        if (Text(name) is not { } word)
        {
            return null;
        }

        int value = Array.IndexOf(words, word);
        return value >= 0 ? value : throw new JsonException();
    }

    /// <summary>An id; all zeros where there is none.</summary>
    internal Guid Id(ReadOnlySpan<byte> name) => TryGet(name, out JsonElement value) ? value.GetGuid() : default;

    /// <summary>A time; null where there is none.</summary>
    internal DateTimeOffset? Time(ReadOnlySpan<byte> name) => TryGet(name, out JsonElement value) ? value.GetDateTimeOffset() : null;

    /// <summary>A duration; null where there is none.</summary>
    internal TimeSpan? Duration(ReadOnlySpan<byte> name) =>
        Text(name) is { } text ? TimeSpan.ParseExact(text, DurationFormat, CultureInfo.InvariantCulture) : null;

    /// <summary>A list of texts; null where there is none.</summary>
    internal string[]? Texts(ReadOnlySpan<byte> name)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return null;
        }

        string[] texts = new string[value.GetArrayLength()];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = value[i].GetString() ?? throw new JsonException();
        }

        return texts;
    }

    /// <summary>Texts by key; null where there are none.</summary>
    internal Dictionary<string, string>? Map(ReadOnlySpan<byte> name)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return null;
        }

        Dictionary<string, string> map = [];
        foreach (JsonProperty member in value.EnumerateObject())
        {
            map[member.Name] = member.Value.GetString() ?? throw new JsonException();
        }

        return map;
    }

    /// <summary>An object; null where there is none.</summary>
    internal T? Object<T>(ReadOnlySpan<byte> name, Func<JsonRecordReader, T> read)
        where T : class =>
        TryGet(name, out JsonElement value) ? read(new JsonRecordReader(value)) : null;

    /// <summary>A list of objects; empty where there is none.</summary>
    internal T[] Objects<T>(ReadOnlySpan<byte> name, Func<JsonRecordReader, T> read)
        where T : class
    {
        if (!TryGet(name, out JsonElement value))
        {
            return [];
        }

        T[] objects = new T[value.GetArrayLength()];
        for (int i = 0; i < objects.Length; i++)
        {
            objects[i] = read(new JsonRecordReader(value[i]));
        }

        return objects;
    }

    private bool TryGet(ReadOnlySpan<byte> name, out JsonElement value) =>
        _object.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
