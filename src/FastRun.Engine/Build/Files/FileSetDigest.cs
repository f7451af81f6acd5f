using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// The digest of what a COPY takes, for the cache key: names, types, permissions, owners where they count, link targets, capabilities and
/// contents, but no times, as Docker does it. The destination and what the flags change are the caller's to add.
/// </summary>
internal static class FileSetDigest
{
    private const int BufferSize = 128 * 1024;

    // The records of as many chunks are in memory at once.
    private const int Window = 256;
    private const string Capability = "security.capability";

    private static ReadOnlySpan<byte> CapabilityMark => "\0capability"u8;

    /// <summary>Takes the digest.</summary>
    /// <param name="selection">The files.</param>
    /// <param name="hashes">Digests of contents that are known, and gets the others.</param>
    /// <exception cref="EngineException">A file changes while it is read.</exception>
    /// <exception cref="SyscallException">A file cannot be read.</exception>
    internal static Digest Of(FileSelection selection, ContentHashes hashes)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SelectedTree tree in selection.Trees)
        {
            FileRecords header = new(ContentHashes.HashSize);
            header.Add(tree.IsDirectory ? "tree"u8 : Encoding.UTF8.GetBytes("file " + tree.Alias));
            digest.AppendData(header.Written);
            Append(digest, selection, tree, hashes);
        }

        return Digest.FromSha256(digest.GetHashAndReset());
    }

    /// <summary>What was listed is what was read.</summary>
    /// <exception cref="EngineException">It is not: somebody changes it.</exception>
    internal static void RequireUnchanged(Fd file, SelectedEntry entry)
    {
        FileStatus now = FileAt.Stat(file);
        if (!now.IsSameFile(entry.Status) || now.Size != entry.Status.Size || now.Modified != entry.Status.Modified)
        {
            throw new EngineException(ErrorKind.Conflict, $"{Encoding.UTF8.GetString(entry.Name)}: the file changed while it was read");
        }
    }

    /// <summary>Each directory, but for the top, and behind it its entries.</summary>
    private static void Append(IncrementalHash digest, FileSelection selection, SelectedTree tree, ContentHashes hashes)
    {
        List<(SelectedDirectory Directory, int First, int Count)> chunks = tree.Chunks();
        FileRecords[] window = new FileRecords[Math.Min(Window, chunks.Count)];
        int next = 0;
        foreach (SelectedDirectory directory in tree.Directories)
        {
            if (directory.Path.Length > 0)
            {
                FileRecords record = new(directory.Path.Length + FileRecords.Fixed);
                record.Add(directory.Path);
                record.Add(directory.Status, selection.KeepsOwners);
                digest.AppendData(record.Written);
            }

            for (; next < chunks.Count && ReferenceEquals(chunks[next].Directory, directory); next++)
            {
                if (next % Window == 0)
                {
                    int first = next;
                    SideBySide.Run(
                        Math.Min(Window, chunks.Count - first),
                        i =>
                        {
                            (SelectedDirectory place, int start, int count) = chunks[first + i];
                            window[i].Clear(count * (FileRecords.Fixed + ContentHashes.HashSize));
                            Add(ref window[i], selection, tree, place, start, count, hashes);
                        });
                }

                digest.AppendData(window[next % Window].Written);
            }
        }
    }

    /// <summary>Adds what counts of some entries of a directory.</summary>
    private static void Add(
        ref FileRecords records, FileSelection selection, SelectedTree tree, SelectedDirectory directory, int first, int count, ContentHashes hashes)
    {
        Span<byte> hash = stackalloc byte[ContentHashes.HashSize];
        Fd? opened = null;
        byte[]? buffer = null;
        try
        {
            foreach (SelectedEntry entry in directory.Entries.AsSpan(first, count))
            {
                records.Add(tree.IsDirectory ? entry.Name : []);
                records.Add(entry.Status, selection.KeepsOwners);
                switch (entry.Status.Type)
                {
                    case FileType.Regular:
                        if (!hashes.TryGet(entry.Status, hash))
                        {
                            Hash(opened ??= tree.Open(directory), entry, hashes, buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize), hash);
                        }

                        records.Add(hash);
                        break;
                    case FileType.SymbolicLink:
                        records.Add(FileAt.ReadLink(opened ??= tree.Open(directory), entry.Name));
                        break;
                    case FileType.CharacterDevice or FileType.BlockDevice:
                        records.Add(BitConverter.GetBytes(((ulong)entry.Status.Node.Major << 32) | entry.Status.Node.Minor));
                        break;
                    default:
                        records.Add([]);
                        break;
                }
            }
        }
        finally
        {
            opened?.Dispose();
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Hash(Fd directory, SelectedEntry entry, ContentHashes hashes, byte[] buffer, Span<byte> hash)
    {
        using Fd file = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        int length = FileContent.Read(file, buffer);
        byte[]? capability = ExtendedAttributes.HasAny(file) ? ExtendedAttributes.Get(file, Capability) : null;
        if (capability is null && length == entry.Status.Size && length < buffer.Length)
        {
            SHA256.HashData(buffer.AsSpan(0, length), hash);
        }
        else
        {
            using IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (; length > 0; length = FileContent.Read(file, buffer))
            {
                whole.AppendData(buffer, 0, length);
            }

            if (capability is not null)
            {
                whole.AppendData(CapabilityMark);
                whole.AppendData(capability);
            }

            whole.GetHashAndReset(hash);
        }

        RequireUnchanged(file, entry);
        hashes.Add(entry.Status, file, hash);
    }

    /// <summary>Bytes that say of files what counts; every part has its length before it.</summary>
    private struct FileRecords
    {
        /// <summary>What an entry needs beside its content and a short name.</summary>
        internal const int Fixed = 64;

        private const int StatusSize = 20;

        private byte[] _bytes;
        private int _length;

        internal FileRecords(int expected) => _bytes = GC.AllocateUninitializedArray<byte>(expected);

        /// <summary>Begins anew, in the same memory where there is some.</summary>
        internal void Clear(int expected)
        {
            _bytes ??= GC.AllocateUninitializedArray<byte>(expected);
            _length = 0;
        }

        internal readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

        internal void Add(ReadOnlySpan<byte> bytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), bytes.Length);
            bytes.CopyTo(Next(bytes.Length));
        }

        internal void Add(in FileStatus status, bool owners)
        {
            bool link = status.Type == FileType.SymbolicLink;
            Span<byte> record = Next(StatusSize);
            BinaryPrimitives.WriteInt32LittleEndian(record, link ? status.Mode & ~0xFFF : status.Mode);
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], owners ? status.Uid : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(record[8..], owners ? status.Gid : 0);
            BinaryPrimitives.WriteInt64LittleEndian(record[12..], status.Type == FileType.Regular ? status.Size : 0);
        }

        private Span<byte> Next(int count)
        {
            int at = _length;
            _length += count;
            if (_length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_length, _bytes.Length * 2));
            }

            return _bytes.AsSpan(at, count);
        }
    }
}
