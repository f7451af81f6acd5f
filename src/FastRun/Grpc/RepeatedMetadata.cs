using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Http;

namespace FastRun.Grpc;

/// <summary>
/// What gRPC's metadata needs and HttpClient cannot do: one name with several values, each a field of its own. HttpClient joins them to
/// one field; this stands below it and divides, in the header blocks that go out (RFC 9113, section 6.2; RFC 7541, section 6.2.2), what is
/// divided by commas, which escaped values do not have. HttpClient writes such fields as literals, neither indexed nor compressed.
/// </summary>
internal sealed class RepeatedMetadata : DuplexStream
{
    private const int HeaderLength = 9;
    private const int LargestFrame = 16384;
    private const byte Headers = 1;
    private const byte Continuation = 9;
    private const byte EndHeaders = 4;

    private static readonly byte[][] s_names = ["followpaths"u8.ToArray(), "exclude-patterns"u8.ToArray()];

    private readonly Stream _connection;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly ArrayBufferWriter<byte> _block = new();
    private readonly byte[] _head = new byte[HeaderLength];
    private int _skip = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.Length;

    internal RepeatedMetadata(Stream connection)
        : base(connection, connection) => _connection = connection;

    /// <summary>Several values for one of the names that can have them, as a header field for HttpClient.</summary>
    internal static string Join(IEnumerable<string> values)
    {
        StringBuilder joined = new();
        foreach (string value in values)
        {
            joined.Append(joined.Length > 0 ? "," : "").Append(Uri.EscapeDataString(value));
        }

        return joined.ToString();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ArrayBufferWriter<byte> output = new(buffer.Length + 64);
        Divide(buffer.Span, output);
        await _connection.WriteAsync(output.WrittenMemory, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Passes frames on, of which header blocks are kept until they are whole.</summary>
    private void Divide(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                int passed = Math.Min(_skip, bytes.Length);
                output.Write(bytes[..passed]);
                _skip -= passed;
                bytes = bytes[passed..];
                continue;
            }

            int wanted = _pending.WrittenCount < HeaderLength ? HeaderLength : HeaderLength + PayloadLength(_pending.WrittenSpan);
            int taken = Math.Min(wanted - _pending.WrittenCount, bytes.Length);
            _pending.Write(bytes[..taken]);
            bytes = bytes[taken..];
            ReadOnlySpan<byte> frame = _pending.WrittenSpan;
            if (frame.Length < HeaderLength)
            {
                return;
            }

            if (frame[3] is not (Headers or Continuation))
            {
                output.Write(frame);
                _skip = PayloadLength(frame);
                _pending.ResetWrittenCount();
            }
            else if (frame.Length == HeaderLength + PayloadLength(frame))
            {
                Block(frame, output);
                _pending.ResetWrittenCount();
            }
        }
    }

    private void Block(ReadOnlySpan<byte> frame, ArrayBufferWriter<byte> output)
    {
        if (frame[3] == Headers)
        {
            frame[..HeaderLength].CopyTo(_head);
        }

        _block.Write(frame[HeaderLength..]);
        if ((frame[4] & EndHeaders) == 0)
        {
            return;
        }

        ReadOnlySpan<byte> whole = Fields(_block.WrittenSpan);
        bool isFirst = true;
        do
        {
            ReadOnlySpan<byte> part = whole[..Math.Min(whole.Length, LargestFrame)];
            whole = whole[part.Length..];
            Span<byte> head = output.GetSpan(HeaderLength)[..HeaderLength];
            _head.CopyTo(head);
            (head[0], head[1], head[2]) = ((byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length);
            head[3] = isFirst ? Headers : Continuation;
            int flags = isFirst ? _head[4] & ~EndHeaders : 0;
            head[4] = (byte)(flags | (whole.IsEmpty ? EndHeaders : 0));
            output.Advance(HeaderLength);
            output.Write(part);
            isFirst = false;
        }
        while (!whole.IsEmpty);
        _block.ResetWrittenCount();
    }

    /// <summary>The block with a field for each value.</summary>
    private static ReadOnlySpan<byte> Fields(ReadOnlySpan<byte> block)
    {
        foreach (byte[] name in s_names)
        {
            byte[] literal = [0, (byte)name.Length, .. name];
            int at = block.IndexOf(literal);
            if (at < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> rest = block[(at + literal.Length)..];
            if (!TryReadLength(ref rest, out int length))
            {
                // Nothing that HttpClient writes.
                continue;
            }

            ReadOnlySpan<byte> values = rest[..length];
            ArrayBufferWriter<byte> divided = new(block.Length * 2);
            divided.Write(block[..at]);
            foreach (Range range in values.Split((byte)','))
            {
                divided.Write(literal);
                WriteLength(divided, values[range].Length);
                divided.Write(values[range]);
            }

            divided.Write(rest[length..]);
            block = divided.WrittenSpan;
        }

        return block;
    }

    private static int PayloadLength(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32BigEndian(frame) >>> 8;

    /// <summary>The length of a text that is not compressed and whole: an integer with a prefix of seven bits (RFC 7541, sections 5.1 and 5.2).</summary>
    private static bool TryReadLength(ref ReadOnlySpan<byte> bytes, out int length)
    {
        const int compressed = 0x80;
        length = bytes.IsEmpty ? compressed : bytes[0];
        if (length >= compressed)
        {
            return false;
        }

        int at = 1;
        if (length == 0x7F)
        {
            long value = length;
            for (int shift = 0; ; shift += 7)
            {
                if (at == bytes.Length || shift > 28)
                {
                    return false;
                }

                byte next = bytes[at++];
                value += (long)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    break;
                }
            }

            length = (int)Math.Min(value, int.MaxValue);
        }

        bytes = bytes[at..];
        return length <= bytes.Length;
    }

    private static void WriteLength(ArrayBufferWriter<byte> output, int value)
    {
        if (value < 0x7F)
        {
            Put(output, value);
            return;
        }

        Put(output, 0x7F);
        value -= 0x7F;
        while (value >= 0x80)
        {
            Put(output, value | 0x80);
            value >>= 7;
        }

        Put(output, value);
    }

    private static void Put(ArrayBufferWriter<byte> output, int value)
    {
        output.GetSpan(1)[0] = (byte)value;
        output.Advance(1);
    }
}
