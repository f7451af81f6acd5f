using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>
/// Docker's json-file format, which its tools can read: a line <c>{"log":"...","stream":"stdout","time":"..."}</c> for each entry.
/// </summary>
internal sealed class JsonFileLog : FileLog
{
    private readonly byte[] _attributes;

    /// <summary>Opens the log. What a killed writer left of its last entry becomes a line that readers pass over.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="attributes">What is kept with each entry.</param>
    internal JsonFileLog(RotatedFile file, SortedDictionary<string, string> attributes)
        : base(file)
    {
        _attributes = Encode(attributes);
        Span<byte> last = stackalloc byte[1];
        if (file.Size > 0 && FileContent.ReadAt(file.File, last, file.Size - 1) == 1 && last[0] != (byte)'\n')
        {
            file.TryWrite("\n"u8);
        }
    }

    /// <inheritdoc/>
    protected override void Encode(ArrayBufferWriter<byte> target, bool error, long ticks, ReadOnlySpan<byte> text)
    {
        target.Write("{\"log\":\""u8);
        WriteEscaped(target, text);
        target.Write(error ? "\",\"stream\":\"stderr\""u8 : "\",\"stream\":\"stdout\""u8);
        target.Write(_attributes);
        target.Write(",\"time\":\""u8);
        Span<byte> time = stackalloc byte[40];
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(time, out int length, "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        target.Write(time[..length]);
        target.Write("\"}\n"u8);
    }

    private static byte[] Encode(SortedDictionary<string, string> attributes)
    {
        if (attributes.Count == 0)
        {
            return [];
        }

        ArrayBufferWriter<byte> text = new();
        string before = ",\"attrs\":{\"";
        foreach ((string key, string value) in attributes)
        {
            text.Write(Encoding.UTF8.GetBytes(before));
            WriteEscaped(text, Encoding.UTF8.GetBytes(key));
            text.Write("\":\""u8);
            WriteEscaped(text, Encoding.UTF8.GetBytes(value));
            before = "\",\"";
        }

        text.Write("\"}"u8);
        return text.WrittenSpan.ToArray();
    }

    /// <summary>A JSON string's content (RFC 8259, 7); what is not UTF-8 becomes U+FFFD, as in Docker.</summary>
    private static void WriteEscaped(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
            int special = text.IndexOfAny((byte)'"', (byte)'\\');
            int clean = (plain, special) switch
            {
                (-1, -1) => text.Length,
                (-1, _) => special,
                (_, -1) => plain,
                _ => Math.Min(plain, special),
            };
            target.Write(text[..clean]);
            text = text[clean..];
            if (!text.IsEmpty)
            {
                text = text[WriteSpecial(target, text)..];
            }
        }
    }

    private static int WriteSpecial(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        switch (text[0])
        {
            case (byte)'"':
                target.Write("\\\""u8);
                return 1;
            case (byte)'\\':
                target.Write("\\\\"u8);
                return 1;
            case (byte)'\n':
                target.Write("\\n"u8);
                return 1;
            case (byte)'\r':
                target.Write("\\r"u8);
                return 1;
            case (byte)'\t':
                target.Write("\\t"u8);
                return 1;
            case < 0x20 or 0x7F:
                Span<byte> code = stackalloc byte[6];
                "\\u00"u8.CopyTo(code);
                text[0].TryFormat(code[4..], out _, "x2", CultureInfo.InvariantCulture);
                target.Write(code);
                return 1;
        }

        OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
        Span<byte> bytes = stackalloc byte[4];
        rune.EncodeToUtf8(bytes);
        target.Write(status == OperationStatus.Done ? text[..consumed] : bytes[..3]);
        return consumed;
    }
}
