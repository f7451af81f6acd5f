using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace FastRun.Engine.State;

/// <summary>Writes an object of a record's JSON form; the other side of <see cref="JsonRecordReader"/>. What is null is left out.</summary>
internal readonly struct JsonRecordWriter
{
    private readonly Utf8JsonWriter _json;

    private JsonRecordWriter(Utf8JsonWriter json) => _json = json;

    /// <summary>Writes a whole document.</summary>
    internal static byte[] Write<T>(T record, Action<JsonRecordWriter, T> write)
        where T : class
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        write(new JsonRecordWriter(json), record);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    internal void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    /// <summary>Writes it only where it is not what its absence means.</summary>
    internal void Flag(ReadOnlySpan<byte> name, bool value, bool otherwise = false)
    {
        if (value != otherwise)
        {
            _json.WriteBoolean(name, value);
        }
    }

    internal void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
    }

    /// <summary>Writes it only where it is not 0.</summary>
    internal void NonZero(ReadOnlySpan<byte> name, long value) => Number(name, value == 0 ? null : value);

    /// <summary>The name of an enumeration's value.</summary>
    /// <param name="name">The member.</param>
    /// <param name="value">The value.</param>
    /// <param name="words">The names, in the order of their values.</param>
    internal void Word(ReadOnlySpan<byte> name, int? value, string[] words)
    {
        if (value is { } number)
        {
            _json.WriteString(name, words[number]);
        }
    }

    /// <summary>Writes it only where it is not all zeros.</summary>
    internal void Id(ReadOnlySpan<byte> name, Guid value)
    {
        if (value != Guid.Empty)
        {
            _json.WriteString(name, value);
        }
    }

    internal void Time(ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            _json.WriteString(name, time);
        }
    }

    internal void Duration(ReadOnlySpan<byte> name, TimeSpan? value)
    {
        if (value is { } duration)
        {
            _json.WriteString(name, duration.ToString("c", CultureInfo.InvariantCulture));
        }
    }

    internal void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string>? value)
    {
        if (value is null)
        {
            return;
        }

        _json.WriteStartArray(name);
        for (int i = 0; i < value.Count; i++)
        {
            _json.WriteStringValue(value[i]);
        }

        _json.WriteEndArray();
    }

    internal void Map(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? value)
    {
        if (value is null)
        {
            return;
        }

        _json.WriteStartObject(name);
        foreach ((string key, string text) in value)
        {
            _json.WriteString(key, text);
        }

        _json.WriteEndObject();
    }

    internal void Object<T>(ReadOnlySpan<byte> name, T? value, Action<JsonRecordWriter, T> write)
        where T : class
    {
        if (value is null)
        {
            return;
        }

        _json.WriteStartObject(name);
        write(this, value);
        _json.WriteEndObject();
    }

    internal void Objects<T>(ReadOnlySpan<byte> name, IReadOnlyList<T> value, Action<JsonRecordWriter, T> write)
        where T : class
    {
        if (value.Count == 0)
        {
            return;
        }

        _json.WriteStartArray(name);
        for (int i = 0; i < value.Count; i++)
        {
            _json.WriteStartObject();
            write(this, value[i]);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }
}
