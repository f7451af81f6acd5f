using System;
using FastRun.Native.Interop;

namespace FastRun.Native;

/// <summary>The kernel's random bytes (getrandom(2)), without a cryptography library to start.</summary>
public static unsafe class RandomBytes
{
    private const int IdBytes = 32;

    /// <summary>An id as Docker's: 64 lower-case hexadecimal digits.</summary>
    public static string NewId()
    {
        Span<byte> random = stackalloc byte[IdBytes];
        Fill(random);
        return Convert.ToHexStringLower(random);
    }

    /// <summary>Fills a buffer of at most 256 bytes, which the kernel never splits.</summary>
    public static void Fill(Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffer.Length, 256, nameof(buffer));
        fixed (byte* at = buffer)
        {
            SyscallException.Check(
                Kernel.syscall(Sys.getrandom, (nint)at, buffer.Length, 0, 0, 0, 0), "getrandom");
        }
    }
}
