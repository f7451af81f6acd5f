using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// A file of digests by <see cref="ContentHashKey"/>, as it lies in memory: a magic, records of key and digest, for each of them a byte
/// that counts the times that the file was written since it was used last, and the sha256 of all that. Integers are the machine's own.
/// </summary>
internal sealed class ContentHashFile
{
    private const int HashSize = SHA256.HashSizeInBytes;
    private const int RecordSize = ContentHashKey.Length + HashSize;
    private const int LongestUnused = 20;

    // Beside what is used twice as much again may stay, and always as many as these.
    private const int LeastKept = 100_000;

    private readonly byte[] _content;
    private readonly int _count;
    private readonly int[] _slots;

    private ContentHashFile(byte[] content, int count)
    {
        (_content, _count) = (content, count);
        _slots = new int[count == 0 ? 1 : (int)BitOperations.RoundUpToPowerOf2((uint)count * 2)];
        for (int i = 0; i < count; i++)
        {
            int slot = KeyAt(i).Slot(_slots.Length - 1);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    /// <summary>One without records.</summary>
    internal static ContentHashFile Empty => new(Magic.ToArray(), 0);

    private static ReadOnlySpan<byte> Magic => "fastrun-hashes-2"u8;

    /// <summary>For each record how often the file was written since it was used last.</summary>
    private Span<byte> Ages => _content.AsSpan(Magic.Length + (_count * RecordSize), _count);

    /// <summary>Reads one; null where there is none that is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostRecords">One with more counts as damaged.</param>
    internal static ContentHashFile? TryRead(string path, int mostRecords)
    {
        try
        {
            using Fd? file = FileAt.TryOpen(
                null, path, OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
            if (file is null)
            {
                return null;
            }

            long length = FileAt.Stat(file).Size;
            long records = length - Magic.Length - HashSize;
            if (records <= 0 || records % (RecordSize + 1) != 0 || records / (RecordSize + 1) > mostRecords)
            {
                return null;
            }

            byte[] content = GC.AllocateUninitializedArray<byte>((int)length);
            int filled = 0;
            for (int read; filled < content.Length && (read = FileContent.Read(file, content.AsSpan(filled))) > 0; filled += read)
            {
            }

            Span<byte> hash = stackalloc byte[HashSize];
            return filled == content.Length
                && content.AsSpan().StartsWith(Magic)
                && SHA256.HashData(content.AsSpan(0, content.Length - HashSize), hash) == HashSize
                && hash.SequenceEqual(content.AsSpan(content.Length - HashSize))
                    ? Older(new ContentHashFile(content, (int)(records / (RecordSize + 1))))
                    : null;
        }
        catch (SyscallException)
        {
            // A cache that cannot be read is none.
            return null;
        }
    }

    /// <summary>The digest of a key, which is used thereby. For any number of threads.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Gets the digest.</param>
    /// <returns>Whether there is one.</returns>
    internal bool TryUse(in ContentHashKey key, Span<byte> hash)
    {
        for (int slot = key.Slot(_slots.Length - 1); _slots[slot] is not 0 and int place; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (KeyAt(place - 1) == key)
            {
                HashAt(place - 1).CopyTo(hash);
                Ages[place - 1] = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>The content of a file with these records and what is kept of this one's.</summary>
    /// <param name="added">New records.</param>
    /// <param name="mostRecords">How many there may be in all.</param>
    internal byte[] With(Dictionary<ContentHashKey, byte[]> added, int mostRecords)
    {
        (int kept, int oldest) = Kept(added.Count, mostRecords);
        int count = kept + Math.Min(added.Count, mostRecords - kept);
        byte[] content = GC.AllocateUninitializedArray<byte>(Magic.Length + (count * (RecordSize + 1)) + HashSize);
        Magic.CopyTo(content);
        int at = Magic.Length;
        Span<byte> ages = content.AsSpan(at + (count * RecordSize), count);
        int made = 0;
        for (int i = 0; i < _count; i++)
        {
            if (Ages[i] <= oldest && made < kept)
            {
                _content.AsSpan(Magic.Length + (i * RecordSize), RecordSize).CopyTo(content.AsSpan(at));
                at += RecordSize;
                ages[made++] = Ages[i];
            }
        }

        foreach ((ContentHashKey key, byte[] hash) in added)
        {
            if (made == count)
            {
                break;
            }

            MemoryMarshal.Write(content.AsSpan(at), key);
            hash.CopyTo(content.AsSpan(at + ContentHashKey.Length));
            at += RecordSize;
            ages[made++] = 0;
        }

        SHA256.HashData(content.AsSpan(0, content.Length - HashSize), content.AsSpan(content.Length - HashSize));
        return content;
    }

    /// <summary>How many records are kept, and how old the oldest of them is.</summary>
    private (int Count, int Oldest) Kept(int added, int mostRecords)
    {
        Span<int> byAge = stackalloc int[byte.MaxValue + 1];
        byAge.Clear();
        foreach (byte age in Ages)
        {
            byAge[age]++;
        }

        int most = (int)Math.Min(mostRecords - Math.Min(added, mostRecords), (2L * byAge[0]) + added + LeastKept);
        int kept = Math.Min(byAge[0], most);
        int oldest = 0;
        while (oldest < LongestUnused && kept + byAge[oldest + 1] <= most)
        {
            kept += byAge[++oldest];
        }

        return (kept, oldest);
    }

    private static ContentHashFile Older(ContentHashFile file)
    {
        foreach (ref byte age in file.Ages)
        {
            age = (byte)Math.Min(age + 1, byte.MaxValue);
        }

        return file;
    }

    private ContentHashKey KeyAt(int i) => MemoryMarshal.Read<ContentHashKey>(_content.AsSpan(Magic.Length + (i * RecordSize)));

    private ReadOnlySpan<byte> HashAt(int i) => _content.AsSpan(Magic.Length + (i * RecordSize) + ContentHashKey.Length, HashSize);
}
