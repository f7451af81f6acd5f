using System;
using System.IO;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Replaces a file so that every reader, and every boot after a power cut, sees the old content or the new one and never
/// a part: temporary file, fsync, rename, fsync of the directory.
/// </summary>
public static class AtomicFile
{
    /// <summary>The prefix of temporary names; a reader of directories skips it, a collector may remove old ones.</summary>
    public const string TemporaryPrefix = ".tmp-";

    private const int SmallestBlock = 512;

    /// <summary>Replaces a file's content and waits until it is on disk.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="content">All of it.</param>
    /// <param name="permissions">The new file's mode.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, int permissions = 0x180) =>
        Write(path, content, write: null, permissions, owner: null, durable: true);

    /// <summary>As <see cref="Write(string, ReadOnlySpan{byte}, int)"/>, of a file that belongs to another user.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="content">All of it.</param>
    /// <param name="permissions">The new file's mode.</param>
    /// <param name="uid">Its owner.</param>
    /// <param name="gid">Its owning group.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, int permissions, uint uid, uint gid) =>
        Write(path, content, write: null, permissions, (uid, gid), durable: true);

    /// <summary>Replaces a file's content at once, without waiting for the disk: for records of this boot.</summary>
    public static void WriteVolatile(string path, ReadOnlySpan<byte> content, int permissions = 0x180) =>
        Write(path, content, write: null, permissions, owner: null, durable: false);

    /// <summary>As <see cref="WriteVolatile(string, ReadOnlySpan{byte}, int)"/>, for what is larger than memory should hold.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="write">Writes all of it.</param>
    /// <param name="permissions">The new file's mode.</param>
    public static void WriteVolatile(string path, Action<Fd> write, int permissions) =>
        Write(path, [], write, permissions, owner: null, durable: false);

    /// <summary>
    /// Whether this is what a power cut may leave of a text that <see cref="WriteVolatile(string, ReadOnlySpan{byte}, int)"/> gave its name: the name is on the
    /// disk before the bytes, so the file is empty, or holds zeros where a block is missing, or ends with a block. Of a text
    /// that its reader has found to be damaged; a whole one may well fill its last block.
    /// </summary>
    public static bool IsUnwritten(ReadOnlySpan<byte> damaged) => damaged.Length % SmallestBlock == 0 || damaged.Contains((byte)0);

    private static void Write(
        string path, ReadOnlySpan<byte> content, Action<Fd>? write, int permissions, (uint Uid, uint Gid)? owner, bool durable)
    {
        string name = Path.GetFileName(path);
        using Fd directory = FileAt.Open(
            null, Path.GetDirectoryName(Path.GetFullPath(path))!, OpenFlags.Read | OpenFlags.Directory);
        string temporary = TemporaryPrefix + Guid.NewGuid().ToString("N");
        try
        {
            const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
            using (Fd file = FileAt.Open(directory, temporary, flags, permissions))
            {
                if (owner is (uint uid, uint gid))
                {
                    FileAt.ChangeOwner(file, uid, gid);
                }

                FileAt.ChangeMode(file, permissions);
                FileContent.Write(file, content);
                write?.Invoke(file);
                if (durable)
                {
                    FileContent.Sync(file);
                }
            }

            FileAt.Rename(directory, temporary, directory, name);
        }
        catch (SyscallException)
        {
            FileAt.TryUnlink(directory, temporary);
            throw;
        }

        if (durable)
        {
            FileContent.Sync(directory);
        }
    }
}
