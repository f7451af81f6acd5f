using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>pipe2(2).</summary>
public static unsafe class Pipe
{
    /// <summary>Makes a pipe, close-on-exec.</summary>
    /// <param name="read">Its reading end, which does not block where <paramref name="nonBlockingRead"/> says so.</param>
    /// <param name="write">Its writing end.</param>
    /// <param name="nonBlockingRead">Whether reading returns EAGAIN instead of waiting.</param>
    /// <param name="nonBlockingWrite">The same for writing.</param>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    public static void Open(out Fd read, out Fd write, bool nonBlockingRead = false, bool nonBlockingWrite = false)
    {
        const int O_CLOEXEC = 0x80000;
        int* ends = stackalloc int[2];
        SyscallException.Check(Kernel.fast_syscall(Sys.pipe2, (nint)ends, O_CLOEXEC, 0, 0, 0, 0), "pipe2");
        (read, write) = (new Fd(ends[0]), new Fd(ends[1]));
        if (nonBlockingRead)
        {
            SetNonBlocking(read);
        }

        if (nonBlockingWrite)
        {
            SetNonBlocking(write);
        }
    }

    /// <summary>Reads once, without waiting from an end that does not block.</summary>
    /// <returns>How many bytes, 0 at the end, or -errno.</returns>
    public static int TryRead(Fd end, System.Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Kernel.syscall(Sys.read, end.Number, (nint)bytes, buffer.Length, 0, 0, 0);
        }
    }

    /// <summary>Writes once, without waiting to an end that does not block.</summary>
    /// <returns>How many bytes, or -errno.</returns>
    public static int TryWrite(Fd end, System.ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = content)
        {
            return (int)Kernel.syscall(Sys.write, end.Number, (nint)bytes, content.Length, 0, 0, 0);
        }
    }

    private static void SetNonBlocking(Fd end)
    {
        const int F_SETFL = 4;
        const int O_NONBLOCK = 0x800;
        SyscallException.Check(Kernel.fast_syscall(Sys.fcntl, end.Number, F_SETFL, O_NONBLOCK, 0, 0, 0), "fcntl");
    }
}
