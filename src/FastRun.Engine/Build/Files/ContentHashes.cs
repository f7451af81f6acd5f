using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// The digests of files' contents, remembered by what the kernel says of the inode: device, number, size, mtime and ctime. Nobody can
/// change a file and keep its ctime, but the clock is coarse: what changed in the last two seconds is not remembered. A cache file that
/// is damaged in any way counts as empty. One object is used by one build at a time; of several builds the last one's file stays.
/// </summary>
internal sealed class ContentHashes
{
    private const int RecordSize = 88;
    private const int HashSize = 32;
    private const int LargestFile = 512 << 20;
    private const int CoarsestClock = 2;
    private const int MostRecords = 4_000_000;

    private static ReadOnlySpan<byte> Magic => "fastrun-hashes-1"u8;

    private readonly Dictionary<Key, byte[]> _known = [];
    private readonly HashSet<Key> _used = [];
    private readonly string? _path;
    private bool _changed;

    private ContentHashes(string? path) => _path = path;

    /// <summary>One that remembers nothing beyond this object.</summary>
    internal static ContentHashes InMemory() => new(null);

    /// <summary>Reads a cache file; an empty cache where there is none that is whole.</summary>
    internal static ContentHashes Open(string path)
    {
        ContentHashes hashes = new(path);
        try
        {
            if (FileContent.TryReadAll(null, path, LargestFile) is { } content)
            {
                hashes.Load(content);
            }
        }
        catch (SyscallException)
        {
            // A cache that cannot be read is none.
        }

        return hashes;
    }

    /// <summary>The digest of a file's content, where it is known.</summary>
    internal byte[]? TryGet(in FileStatus status)
    {
        Key key = Key.Of(status);
        lock (_known)
        {
            if (!_known.TryGetValue(key, out byte[]? hash))
            {
                return null;
            }

            _used.Add(key);
            return hash;
        }
    }

    /// <summary>Remembers a digest.</summary>
    /// <param name="status">What the file was before and after it was read.</param>
    /// <param name="hash">SHA-256 of its content.</param>
    internal void Add(in FileStatus status, byte[] hash)
    {
        if (status.Changed.Seconds + CoarsestClock >= DateTimeOffset.UtcNow.ToUnixTimeSeconds())
        {
            return;
        }

        Key key = Key.Of(status);
        lock (_known)
        {
            _known[key] = hash;
            _used.Add(key);
            _changed = true;
        }
    }

    /// <summary>Writes what this build used to the cache file, where something is new. A cache that cannot be written is left.</summary>
    internal void Save()
    {
        if (_path is null || !_changed)
        {
            return;
        }

        int count = Math.Min(_used.Count, MostRecords);
        byte[] content = GC.AllocateUninitializedArray<byte>(Magic.Length + (count * RecordSize) + HashSize);
        Magic.CopyTo(content);
        int at = Magic.Length;
        foreach (Key key in _used)
        {
            if (count-- == 0)
            {
                break;
            }

            key.Write(content.AsSpan(at));
            _known[key].CopyTo(content.AsSpan(at + RecordSize - HashSize));
            at += RecordSize;
        }

        SHA256.HashData(content.AsSpan(0, at), content.AsSpan(at));
        try
        {
            AtomicFile.WriteVolatile(_path, content);
        }
        catch (SyscallException)
        {
            // The next build reads the files again.
        }
    }

    private void Load(byte[] content)
    {
        int length = content.Length - HashSize;
        if (length < Magic.Length || !content.AsSpan().StartsWith(Magic) || (length - Magic.Length) % RecordSize != 0
            || !SHA256.HashData(content.AsSpan(0, length)).AsSpan().SequenceEqual(content.AsSpan(length)))
        {
            return;
        }

        _known.EnsureCapacity((length - Magic.Length) / RecordSize);
        for (int at = Magic.Length; at < length; at += RecordSize)
        {
            _known[Key.Read(content.AsSpan(at))] = content.AsSpan(at + RecordSize - HashSize, HashSize).ToArray();
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(ulong Device, ulong Inode, long Size, FileTime Modified, FileTime Changed)
    {
        internal static Key Of(in FileStatus status) => new(status.Device, status.Inode, status.Size, status.Modified, status.Changed);

        internal static Key Read(ReadOnlySpan<byte> record) => new(
            BinaryPrimitives.ReadUInt64LittleEndian(record),
            BinaryPrimitives.ReadUInt64LittleEndian(record[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            new FileTime(BinaryPrimitives.ReadInt64LittleEndian(record[24..]), BinaryPrimitives.ReadInt32LittleEndian(record[32..])),
            new FileTime(BinaryPrimitives.ReadInt64LittleEndian(record[40..]), BinaryPrimitives.ReadInt32LittleEndian(record[48..])));

        internal void Write(Span<byte> record)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record, Device);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], Inode);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], Size);
            BinaryPrimitives.WriteInt64LittleEndian(record[24..], Modified.Seconds);
            BinaryPrimitives.WriteInt32LittleEndian(record[32..], Modified.Nanoseconds);
            BinaryPrimitives.WriteInt32LittleEndian(record[36..], 0);
            BinaryPrimitives.WriteInt64LittleEndian(record[40..], Changed.Seconds);
            BinaryPrimitives.WriteInt32LittleEndian(record[48..], Changed.Nanoseconds);
            BinaryPrimitives.WriteInt32LittleEndian(record[52..], 0);
        }
    }
}
