using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace FastRun.Engine.Build.Ssh;

/// <summary>Reads the data types of SSH (RFC 4251, section 5).</summary>
internal ref struct WireReader(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _left = content;

    /// <summary>Whether nothing is left.</summary>
    internal readonly bool IsAtEnd => _left.IsEmpty;

    /// <summary>The next number.</summary>
    /// <exception cref="InvalidDataException">It ends before.</exception>
    internal uint UInt32()
    {
        uint value = BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));
        return value;
    }

    /// <summary>The next string.</summary>
    /// <exception cref="InvalidDataException">It ends before.</exception>
    internal ReadOnlySpan<byte> String()
    {
        uint length = UInt32();
        return length <= (uint)_left.Length ? Take((int)length) : throw new InvalidDataException();
    }

    /// <summary>The next string as text.</summary>
    /// <exception cref="InvalidDataException">It ends before.</exception>
    internal string Text() => Encoding.ASCII.GetString(String());

    /// <summary>The next number of any length, which is not negative: without the zeros before it.</summary>
    /// <exception cref="InvalidDataException">It ends before, or is negative.</exception>
    internal ReadOnlySpan<byte> Mpint()
    {
        ReadOnlySpan<byte> number = String();
        return number.IsEmpty || (number[0] & 0x80) == 0 ? number.TrimStart((byte)0) : throw new InvalidDataException();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
        {
            throw new InvalidDataException();
        }

        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
