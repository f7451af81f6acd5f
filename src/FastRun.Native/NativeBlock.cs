using System;
using System.Runtime.InteropServices;

namespace FastRun.Native;

/// <summary>A block of memory outside the managed heap, which never moves, and goes back to the system when disposed.</summary>
public sealed unsafe class NativeBlock : IDisposable
{
    private byte* _address;

    /// <summary>Allocates a block whose content is undefined.</summary>
    /// <param name="length">Bytes.</param>
    public NativeBlock(int length)
    {
        _address = (byte*)NativeMemory.Alloc((nuint)length);
        Length = length;
    }

    /// <summary>Frees what an undisposed block holds.</summary>
    ~NativeBlock() => Free();

    /// <summary>Its size in bytes.</summary>
    public int Length { get; }

    /// <summary>Its bytes, valid until it is disposed.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address is null, this);
            return new Span<byte>(_address, Length);
        }
    }

    /// <summary>Where it begins.</summary>
    internal byte* Address => _address;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_address);
        _address = null;
    }
}
