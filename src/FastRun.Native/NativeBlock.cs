using System;
using System.Buffers;
using System.Runtime.InteropServices;

namespace FastRun.Native;

/// <summary>
/// A block of memory outside the managed heap, which never moves, and goes back to the system when disposed; never by itself,
/// because spans of it may be in use.
/// </summary>
public sealed unsafe class NativeBlock : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _address;

    /// <summary>Allocates a block whose content is undefined.</summary>
    /// <param name="length">Bytes.</param>
    public NativeBlock(int length)
    {
        _address = (byte*)NativeMemory.Alloc((nuint)length);
        _length = length;
    }

    /// <summary>Its size in bytes.</summary>
    public int Length => _length;

    /// <summary>Its bytes, valid until it is disposed.</summary>
    public Span<byte> Span => GetSpan();

    /// <summary>Where it begins.</summary>
    internal byte* Address => _address;

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_address is null, this);
        return new Span<byte>(_address, _length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_address + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_address);
        _address = null;
    }
}
