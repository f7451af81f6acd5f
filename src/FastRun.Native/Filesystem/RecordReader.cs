using System;
using System.Buffers.Binary;
using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Reads what a <see cref="RecordWriter"/> wrote. A length that cannot be leaves empty fields behind it, and the record is
/// not sound.
/// </summary>
/// <param name="bytes">The body.</param>
public ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether all that was read so far was there.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Whether nothing is left: a record of an earlier release ends where later ones go on.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next field, a number.</summary>
    public long Number() => BinaryPrimitives.TryReadInt64LittleEndian(Take(8), out long value) ? value : 0;

    /// <summary>The next field, a string.</summary>
    public string Text() => Encoding.UTF8.GetString(Block());

    /// <summary>The next field, a block of bytes.</summary>
    public ReadOnlySpan<byte> Block()
    {
        int length = Count();
        return Take(length);
    }

    /// <summary>The next field, a list of strings.</summary>
    public string[] List()
    {
        int count = Count();
        if (count == 0)
        {
            return [];
        }

        string[] list = new string[count];
        for (int i = 0; i < count; i++)
        {
            list[i] = Text();
        }

        return list;
    }

    /// <summary>A length, or how many strings follow, each of which has a length itself.</summary>
    private int Count()
    {
        int count = BinaryPrimitives.TryReadInt32LittleEndian(Take(4), out int value) ? value : 0;
        IsSound &= count >= 0 && count <= _rest.Length;
        return IsSound ? count : 0;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        IsSound &= length <= _rest.Length;
        ReadOnlySpan<byte> taken = IsSound ? _rest[..length] : default;
        _rest = _rest[taken.Length..];
        return taken;
    }
}
