using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>
/// The body of a small binary record, little-endian: a number is 8 bytes, a string or block is u32 bytes, a list is u32
/// strings.
/// </summary>
public sealed class RecordWriter
{
    private readonly List<byte> _bytes = new(1024);

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Count;

    /// <summary>Adds a number.</summary>
    public void Add(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    /// <summary>Adds a string.</summary>
    public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a block of bytes.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        AddCount(block.Length);
        _bytes.AddRange(block);
    }

    /// <summary>Adds a list of strings.</summary>
    public void Add(IReadOnlyList<string> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        AddCount(list.Count);
        foreach (string text in list)
        {
            Add(text);
        }
    }

    /// <summary>Copies the body to where it goes.</summary>
    public void CopyTo(Span<byte> destination) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes).CopyTo(destination);

    private void AddCount(int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        _bytes.AddRange(bytes);
    }
}
