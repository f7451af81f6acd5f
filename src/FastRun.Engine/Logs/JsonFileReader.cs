using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Reads what <see cref="JsonFileLog"/>, or Docker, wrote.</summary>
internal sealed class JsonFileReader(Fd file) : LogReader(file)
{
    private const int BlockSize = 64 * 1024;

    private byte[] _text = new byte[ContainerLog.LargestEntry];

    /// <summary>An entry of 16 KiB, each byte of it escaped with six, and its attributes.</summary>
    protected override int LongestEntry => 1024 * 1024;

    /// <inheritdoc/>
    protected override long FindLast(long count, out long found)
    {
        long at = FileAt.Stat(File).Size;
        byte[] block = new byte[BlockSize];

        // The newline that ends the last entry is not one before it.
        long newlines = -1;
        while (at > 0)
        {
            int length = (int)Math.Min(block.Length, at);
            at -= length;
            length = FileContent.ReadAt(File, block.AsSpan(0, length), at);
            for (int i = length - 1; i >= 0; i--)
            {
                if (block[i] == (byte)'\n' && ++newlines == count)
                {
                    found = count;
                    return at + i + 1;
                }
            }
        }

        found = newlines + 1;
        return 0;
    }

    /// <inheritdoc/>
    protected override int NextLength(ReadOnlySpan<byte> bytes) => bytes.IndexOf((byte)'\n') + 1;

    /// <inheritdoc/>
    protected override bool TryParse(ReadOnlySpan<byte> bytes, out LogEntry entry)
    {
        entry = default;
        int length = 0;
        bool error = false;
        DateTimeOffset time = default;
        SortedDictionary<string, string>? attributes = null;
        try
        {
            Utf8JsonReader reader = new(bytes);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                bool isLog = reader.ValueTextEquals("log"u8);
                bool isStream = reader.ValueTextEquals("stream"u8);
                bool isTime = reader.ValueTextEquals("time"u8);
                bool isAttributes = reader.ValueTextEquals("attrs"u8);
                reader.Read();
                if (isLog)
                {
                    _text = _text.Length < reader.ValueSpan.Length ? new byte[reader.ValueSpan.Length] : _text;
                    length = reader.CopyString(_text);
                }
                else if (isStream)
                {
                    error = reader.ValueTextEquals("stderr"u8);
                }
                else if (isAttributes)
                {
                    attributes = ReadAttributes(ref reader);
                }
                else if (isTime && !reader.TryGetDateTimeOffset(out time))
                {
                    return false;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (time == default)
        {
            return false;
        }

        entry = new LogEntry(error, time, _text.AsMemory(0, length), attributes);
        return true;
    }

    private static SortedDictionary<string, string> ReadAttributes(ref Utf8JsonReader reader)
    {
        SortedDictionary<string, string> attributes = new(StringComparer.Ordinal);
        while (reader.TokenType != JsonTokenType.EndObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            attributes[key] = reader.GetString() ?? "";
        }

        return attributes;
    }
}
