using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// The digests of the contents of a context's files, remembered by what the kernel says of the inode: device, number, size, mtime and ctime.
/// Nobody can change a file and keep its ctime, but the clock is coarse: what changed in the last two seconds is not remembered, nor what
/// lies on a file system that keeps no ctime of its own. A cache file that is damaged in any way counts as empty. One object is used
/// by one build at a time, by any number of its threads; of several builds the last one's file stays.
/// </summary>
internal sealed class ContentHashes
{
    /// <summary>The length of a digest.</summary>
    internal const int HashSize = SHA256.HashSizeInBytes;

    private const int CoarsestClock = 2;
    private const int MostRecords = 4_000_000;
    private const int MostContexts = 64;
    private const int DirectoryMode = 0x1C0;

    private readonly Dictionary<ContentHashKey, byte[]> _added = [];
    private readonly Dictionary<ulong, bool> _devices = [];
    private readonly ContentHashFile _known;
    private readonly string? _path;

    private ContentHashes(string? path, ContentHashFile known) => (_path, _known) = (path, known);

    /// <summary>One that remembers nothing beyond this object.</summary>
    internal static ContentHashes InMemory() => new(null, ContentHashFile.Empty);

    /// <summary>Reads a cache file; an empty cache where there is none that is whole.</summary>
    internal static ContentHashes Open(string path) => new(path, ContentHashFile.TryRead(path, MostRecords) ?? ContentHashFile.Empty);

    /// <summary>The digest of a file's content, where it is known.</summary>
    /// <param name="status">What the file is.</param>
    /// <param name="hash">Gets it.</param>
    internal bool TryGet(in FileStatus status, Span<byte> hash)
    {
        if (ContentHashKey.Of(status) is not { } key)
        {
            return false;
        }

        if (_known.TryUse(key, hash))
        {
            return true;
        }

        lock (_added)
        {
            if (!_added.TryGetValue(key, out byte[]? added))
            {
                return false;
            }

            added.CopyTo(hash);
            return true;
        }
    }

    /// <summary>Remembers a digest.</summary>
    /// <param name="status">What the file was before it was read; its size and mtime were the same behind that.</param>
    /// <param name="file">The file.</param>
    /// <param name="hash">Of its content.</param>
    internal void Add(in FileStatus status, Fd file, ReadOnlySpan<byte> hash)
    {
        if (status.Changed.Seconds + CoarsestClock >= DateTimeOffset.UtcNow.ToUnixTimeSeconds() || ContentHashKey.Of(status) is not { } key)
        {
            return;
        }

        lock (_added)
        {
            if (!_devices.TryGetValue(status.Device, out bool keeps))
            {
                _devices[status.Device] = keeps = FileSystemKind.KeepsChangeTimes(file);
            }

            if (keeps)
            {
                _added[key] = hash.ToArray();
            }
        }
    }

    /// <summary>
    /// Writes the cache file, where something is new: with what this build used, and what earlier ones did as far as that is no more again.
    /// A cache that cannot be written is left.
    /// </summary>
    internal void Save()
    {
        if (_path is null || _added.Count == 0)
        {
            return;
        }

        try
        {
            string directory = Path.GetDirectoryName(_path)!;
            FileAt.MakeDirectories(null, directory, DirectoryMode);
            AtomicFile.WriteVolatile(_path, _known.With(_added, MostRecords));
            Trim(directory);
        }
        catch (SyscallException)
        {
            // The next build reads the files again.
        }
    }

    /// <summary>Of more contexts than are kept those go that changed longest ago.</summary>
    private static void Trim(string directory)
    {
        List<(FileTime Modified, byte[] Name)> files = [];
        using Fd opened = FileAt.Open(null, directory, OpenFlags.Read | OpenFlags.Directory);
        foreach (DirectoryEntry entry in DirectoryContent.Read(opened))
        {
            if (entry.Name[0] != '.' && FileAt.TryStat(opened, entry.Name, out FileStatus status) == Errno.None)
            {
                files.Add((status.Modified, entry.Name));
            }
        }

        files.Sort(static (a, b) => (b.Modified.Seconds, b.Modified.Nanoseconds).CompareTo((a.Modified.Seconds, a.Modified.Nanoseconds)));
        for (int i = MostContexts; i < files.Count; i++)
        {
            FileAt.TryUnlink(opened, files[i].Name);
        }
    }
}
