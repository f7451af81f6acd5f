using System;
using System.IO;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>Reading, writing and syncing an open file.</summary>
public static unsafe class FileContent
{
    /// <summary>read(2): up to the buffer's length; 0 at the end.</summary>
    public static int Read(Fd file, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Retry(Sys.read, "read", file, (nint)bytes, buffer.Length);
        }
    }

    /// <summary>pread(2): up to the buffer's length from an offset; 0 at the end.</summary>
    public static int ReadAt(Fd file, Span<byte> buffer, long offset)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)Retry(Sys.pread64, "pread64", file, (nint)bytes, buffer.Length, (nint)offset);
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="SyscallException">It cannot be read, or is longer (EFBIG).</exception>
    public static byte[] ReadAll(Fd file, int limit)
    {
        // Most are smaller than this: no garbage is made of them.
        Span<byte> buffer = stackalloc byte[4096];
        int length = 0;
        while (true)
        {
            int read = Read(file, buffer[length..]);
            length += read;
            if (length > limit)
            {
                throw new SyscallException("read", Errno.EFBIG);
            }

            if (read == 0)
            {
                return buffer[..length].ToArray();
            }

            if (length == buffer.Length)
            {
                byte[] larger = new byte[(int)Math.Min(buffer.Length * 2L, limit + 1L)];
                buffer.CopyTo(larger);
                buffer = larger;
            }
        }
    }

    /// <summary>Opens and reads a whole regular file of at most <paramref name="limit"/> bytes; null where there is none.</summary>
    public static byte[]? TryReadAll(Fd? directory, PathName path, int limit)
    {
        const OpenFlags flags = OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoFollow;
        using Fd? file = FileAt.TryOpen(directory, path, flags, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            return errno is Errno.ENOENT or Errno.ENOTDIR
                ? null
                : throw new SyscallException("openat2", errno, path.ToString());
        }

        return ReadAll(file, limit);
    }

    /// <summary>write(2) until all is written.</summary>
    public static void Write(Fd file, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            CrashPoint.Pass();
            fixed (byte* bytes = content)
            {
                content = content[(int)Retry(Sys.write, "write", file, (nint)bytes, content.Length)..];
            }
        }
    }

    /// <summary>ftruncate(2).</summary>
    public static void SetLength(Fd file, long length) => Retry(Sys.ftruncate, "ftruncate", file, (nint)length);

    /// <summary>lseek(2) to an offset from the beginning.</summary>
    public static void Seek(Fd file, long offset) => Retry(Sys.lseek, "lseek", file, (nint)offset, Fcntl.SEEK_SET);

    /// <summary>fsync(2).</summary>
    public static void Sync(Fd file)
    {
        CrashPoint.Pass();
        Retry(Sys.fsync, "fsync", file);
    }

    /// <summary>syncfs(2): waits until the whole file system that holds the file is on disk.</summary>
    public static void SyncFilesystem(Fd file)
    {
        CrashPoint.Pass();
        Retry(Sys.syncfs, "syncfs", file);
    }

    /// <summary>A stream over an open file, which takes the descriptor over.</summary>
    public static Stream OpenStream(Fd file, FileAccess access)
    {
        if (access == FileAccess.Write)
        {
            return new FileWriteStream(file);
        }

        // The handle takes the number; the Fd must not close it a second time.
        Microsoft.Win32.SafeHandles.SafeFileHandle handle = new(file.Number, ownsHandle: true);
        file.SetHandleAsInvalid();
        return new FileStream(handle, access, bufferSize: 0);
    }

    private static nint Retry(int nr, string name, Fd file, nint b = 0, nint c = 0, nint d = 0)
    {
        nint result;
        do
        {
            result = Kernel.syscall(nr, file.Number, b, c, d, 0, 0);
        }
        while (result == -(nint)Errno.EINTR);

        GC.KeepAlive(file);
        return SyscallException.Check(result, name);
    }
}
