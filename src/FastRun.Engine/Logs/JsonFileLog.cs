using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>
/// Docker's json-file format, which its tools can read: a line <c>{"log":"...","stream":"stdout","time":"..."}</c> for each entry.
/// </summary>
internal sealed class JsonFileLog : ContainerLog
{
    private const int OwnerOnly = 0b_110_000_000;

    private readonly Fd _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(LargestEntry * 2);

    /// <summary>Opens the file, behind whose end entries are added.</summary>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    internal JsonFileLog(string path)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow;
        _file = FileAt.Open(null, path, flags, OwnerOnly);
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <inheritdoc/>
    protected override void WriteEntry(bool error, ReadOnlySpan<byte> text)
    {
        _buffer.Write("{\"log\":\""u8);
        WriteEscaped(text);
        _buffer.Write(error ? "\",\"stream\":\"stderr\",\"time\":\""u8 : "\",\"stream\":\"stdout\",\"time\":\""u8);
        Span<byte> time = stackalloc byte[40];
        DateTime.UtcNow.TryFormat(time, out int length, "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        _buffer.Write(time[..length]);
        _buffer.Write("\"}\n"u8);
        if (_buffer.WrittenCount > LargestEntry)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    protected override void Flush()
    {
        FileContent.Write(_file, _buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    /// <summary>A JSON string's content (RFC 8259, 7); what is not UTF-8 becomes U+FFFD, as in Docker.</summary>
    private void WriteEscaped(ReadOnlySpan<byte> text)
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
            _buffer.Write(text[..clean]);
            text = text[clean..];
            if (!text.IsEmpty)
            {
                text = text[WriteSpecial(text)..];
            }
        }
    }

    private int WriteSpecial(ReadOnlySpan<byte> text)
    {
        switch (text[0])
        {
            case (byte)'"':
                _buffer.Write("\\\""u8);
                return 1;
            case (byte)'\\':
                _buffer.Write("\\\\"u8);
                return 1;
            case (byte)'\n':
                _buffer.Write("\\n"u8);
                return 1;
            case (byte)'\r':
                _buffer.Write("\\r"u8);
                return 1;
            case (byte)'\t':
                _buffer.Write("\\t"u8);
                return 1;
            case < 0x20 or 0x7F:
                Span<byte> code = stackalloc byte[6];
                "\\u00"u8.CopyTo(code);
                text[0].TryFormat(code[4..], out _, "x2", CultureInfo.InvariantCulture);
                _buffer.Write(code);
                return 1;
        }

        OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
        Span<byte> bytes = stackalloc byte[4];
        rune.EncodeToUtf8(bytes);
        _buffer.Write(status == OperationStatus.Done ? text[..consumed] : bytes[..3]);
        return consumed;
    }
}
