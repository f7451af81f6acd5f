using System;
using System.Text.Json;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Reads what <see cref="JsonFileLog"/> wrote, while more may be written.</summary>
internal sealed class JsonFileReader(Fd file) : IDisposable
{
    private const int BlockSize = 64 * 1024;

    /// <summary>An entry of 16 KiB, each byte of it escaped with six.</summary>
    private const int LongestLine = 128 * 1024;

    private byte[] _buffer = new byte[BlockSize];
    private byte[] _text = new byte[ContainerLog.LargestEntry];
    private int _start;
    private int _end;

    /// <summary>Goes to the last entries.</summary>
    /// <param name="count">How many.</param>
    internal void SeekToLast(long count)
    {
        long at = FileAt.Stat(file).Size;
        byte[] block = new byte[BlockSize];

        // The newline that ends the last entry is not one before it.
        long newlines = -1;
        while (at > 0)
        {
            int length = (int)Math.Min(block.Length, at);
            at -= length;
            length = FileContent.ReadAt(file, block.AsSpan(0, length), at);
            for (int i = length - 1; i >= 0; i--)
            {
                if (block[i] == (byte)'\n' && ++newlines == count)
                {
                    FileContent.Seek(file, at + i + 1);
                    return;
                }
            }
        }
    }

    /// <summary>Reads the next entry; false where no whole one is there yet. What is not an entry is passed over.</summary>
    internal bool TryRead(out LogEntry entry)
    {
        while (true)
        {
            int newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, newline);
                _start += newline + 1;
                if (TryParse(line, out entry))
                {
                    return true;
                }
            }
            else if (!Fill())
            {
                entry = default;
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_end > LongestLine)
            {
                // Nobody of ours wrote that.
                _end = 0;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        int read = FileContent.Read(file, _buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    private bool TryParse(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        int length = 0;
        bool error = false;
        DateTimeOffset time = default;
        try
        {
            Utf8JsonReader reader = new(line);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                bool isLog = reader.ValueTextEquals("log"u8);
                bool isStream = reader.ValueTextEquals("stream"u8);
                bool isTime = reader.ValueTextEquals("time"u8);
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

        entry = new LogEntry(error, time, _text.AsMemory(0, length));
        return true;
    }
}
