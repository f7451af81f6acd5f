using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FastRun.Engine.Build.Ssh;

/// <summary>Writes the data types of SSH (RFC 4251, section 5).</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _content = new();

    internal WireWriter Byte(byte value)
    {
        _content.Write([value]);
        return this;
    }

    internal WireWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_content.GetSpan(sizeof(uint)), value);
        _content.Advance(sizeof(uint));
        return this;
    }

    internal WireWriter String(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        _content.Write(value);
        return this;
    }

    internal WireWriter Text(string value) => String(Encoding.UTF8.GetBytes(value));

    /// <summary>A number that is not negative, in big-endian.</summary>
    internal WireWriter Mpint(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        if (!value.IsEmpty && (value[0] & 0x80) != 0)
        {
            UInt32((uint)value.Length + 1);
            Byte(0);
            _content.Write(value);
            return this;
        }

        return String(value);
    }

    internal byte[] ToArray() => _content.WrittenSpan.ToArray();
}
