using System;
using System.Runtime.InteropServices;
using System.Text;

namespace FastRun.Native;

/// <summary>
/// A NUL-terminated UTF-8 copy of a string for the length of one system call, on the caller's stack where it fits.
/// </summary>
internal unsafe ref struct CString
{
    private byte* _allocated;
    private readonly byte* _address;

    /// <summary>Copies the text.</summary>
    /// <param name="text">The text; null gives a null pointer.</param>
    /// <param name="buffer">Stack memory, which outlives this structure.</param>
    /// <exception cref="ArgumentException">The text contains NUL.</exception>
    internal CString(string? text, Span<byte> buffer)
    {
        if (text is null)
        {
            return;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a string for the kernel cannot contain NUL", nameof(text));
        }

        int needed = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        if (needed > buffer.Length)
        {
            _allocated = (byte*)NativeMemory.Alloc((nuint)needed);
            buffer = new Span<byte>(_allocated, needed);
        }

        int length = Encoding.UTF8.GetBytes(text, buffer);
        buffer[length] = 0;
        _address = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
    }

    /// <summary>The address of the first byte.</summary>
    internal readonly nint Address => (nint)_address;

    /// <summary>Frees what did not fit the stack.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_allocated);
        _allocated = null;
    }
}
