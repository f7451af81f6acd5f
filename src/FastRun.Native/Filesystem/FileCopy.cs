using System;
using System.Buffers;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>Copies the content of regular files: shared blocks where the file system can, holes as holes.</summary>
public static unsafe class FileCopy
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Copies all of a file into an empty one.</summary>
    /// <exception cref="SyscallException">Reading or writing failed.</exception>
    public static void Content(Fd source, Fd target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (Kernel.syscall(Sys.ioctl, target.Number, Fcntl.FICLONE, source.Number, 0, 0, 0) == 0)
        {
            return;
        }

        long length = FileAt.Stat(source).Size;
        long at = 0;
        while (at < length)
        {
            nint data = Kernel.syscall(Sys.lseek, source.Number, (nint)at, Fcntl.SEEK_DATA, 0, 0, 0);
            if (data == -(nint)Errno.ENXIO)
            {
                break;
            }

            SyscallException.Check(data, "lseek");
            nint hole = SyscallException.Check(
                Kernel.syscall(Sys.lseek, source.Number, data, Fcntl.SEEK_HOLE, 0, 0, 0), "lseek");
            Extent(source, target, data, hole);
            at = hole;
        }

        FileContent.SetLength(target, Math.Max(at, length));
    }

    private static void Extent(Fd source, Fd target, long at, long end)
    {
        while (at < end)
        {
            long from = at;
            long to = at;
            nint copied = Kernel.syscall(
                Sys.copy_file_range, source.Number, (nint)(&from), target.Number, (nint)(&to), (nint)(end - at), 0);
            if (copied <= 0)
            {
                // Another file system, or one of the many that cannot: 0 is how some of them say so.
                Through(source, target, at, end);
                return;
            }

            at += copied;
        }
    }

    private static void Through(Fd source, Fd target, long at, long end)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            FileContent.Seek(target, at);
            while (at < end)
            {
                int read = FileContent.ReadAt(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (read == 0)
                {
                    return;
                }

                FileContent.Write(target, buffer.AsSpan(0, read));
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
