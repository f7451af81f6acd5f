using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>The names in an open directory.</summary>
public static unsafe class DirectoryContent
{
    private const int BufferSize = 32 * 1024;

    // struct linux_dirent64: u64 ino, s64 offset, u16 length, u8 type, then the name with its NUL.
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    /// <summary>
    /// getdents64(2) from the current position until the end, without <c>.</c> and <c>..</c>. The order is the file system's.
    /// The descriptor must be open for reading, not as a path only. A directory that was removed meanwhile is empty.
    /// </summary>
    public static IEnumerable<DirectoryEntry> Read(Fd directory)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int filled;
            while ((filled = Fill(directory, buffer)) > 0)
            {
                int at = 0;
                while (at < filled)
                {
                    DirectoryEntry entry = Parse(buffer.AsSpan(at), out int length);
                    at += length;
                    if (entry.Name is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
                    {
                        yield return entry;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The names of a directory by path; none where it does not exist.</summary>
    public static IReadOnlyList<DirectoryEntry> ReadAll(Fd? parent, PathName path)
    {
        using Fd? directory = FileAt.TryOpen(
            parent, path, OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno);
        return directory is not null
            ? [.. Read(directory)]
            : errno == Errno.ENOENT ? [] : throw new SyscallException("openat2", errno, path.ToString());
    }

    private static int Fill(Fd directory, byte[] buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint result = Kernel.syscall(Sys.getdents64, directory.Number, (nint)bytes, buffer.Length, 0, 0, 0);
            GC.KeepAlive(directory);
            // A directory removed since it was opened gives ENOENT (getdents(2)): there is nothing in it.
            return result == -(nint)Errno.ENOENT ? 0 : (int)SyscallException.Check(result, "getdents64");
        }
    }

    private static DirectoryEntry Parse(ReadOnlySpan<byte> record, out int length)
    {
        length = BinaryPrimitives.ReadUInt16LittleEndian(record[LengthOffset..]);
        ReadOnlySpan<byte> name = record[NameOffset..length];
        return new DirectoryEntry(
            name[..name.IndexOf((byte)0)].ToArray(),
            (FileType)(record[TypeOffset] << 12),
            BinaryPrimitives.ReadUInt64LittleEndian(record));
    }
}
