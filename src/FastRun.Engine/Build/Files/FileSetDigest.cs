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
    private const int ChunkSize = 64;
    private const string Capability = "security.capability";

    /// <summary>Takes the digest.</summary>
    /// <param name="selection">The files.</param>
    /// <param name="hashes">Digests of contents that are known, and gets the others.</param>
    /// <exception cref="EngineException">A file changes while it is read.</exception>
    /// <exception cref="SyscallException">A file cannot be read.</exception>
    internal static Digest Of(FileSelection selection, ContentHashes hashes)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] record = new byte[64];
        foreach (SelectedTree tree in selection.Trees)
        {
            byte[][] contents = new byte[tree.Entries.Count][];
            SideBySide.Run(Chunks(tree), chunk => Contents(tree, chunk.Directory, chunk.First, chunk.Count, hashes, contents));
            Append(digest, record, tree.IsDirectory ? "tree"u8 : Encoding.UTF8.GetBytes("file " + tree.Alias));
            bool top = true;
            foreach (SelectedDirectory directory in tree.Directories)
            {
                if (!top)
                {
                    Append(digest, record, directory.Path);
                    Append(digest, record, directory.Status, selection.KeepsOwners);
                }

                top = false;
                for (int i = directory.First; i < directory.First + directory.Count; i++)
                {
                    Append(digest, record, tree.IsDirectory ? tree.Entries[i].Name : []);
                    Append(digest, record, tree.Entries[i].Status, selection.KeepsOwners);
                    Append(digest, record, contents[i]);
                }
            }
        }

        return Digest.FromSha256(digest.GetHashAndReset());
    }

    /// <summary>Parts of a tree's entries, each of one directory, that can be worked at beside each other.</summary>
    internal static List<(SelectedDirectory Directory, int First, int Count)> Chunks(SelectedTree tree)
    {
        List<(SelectedDirectory, int, int)> chunks = [];
        foreach (SelectedDirectory directory in tree.Directories)
        {
            for (int at = 0; at < directory.Count; at += ChunkSize)
            {
                chunks.Add((directory, directory.First + at, Math.Min(ChunkSize, directory.Count - at)));
            }
        }

        return chunks;
    }

    private static void Contents(SelectedTree tree, SelectedDirectory directory, int first, int count, ContentHashes hashes, byte[][] contents)
    {
        using Fd opened = tree.Open(directory);
        byte[]? buffer = null;
        for (int i = first; i < first + count; i++)
        {
            SelectedEntry entry = tree.Entries[i];
            contents[i] = entry.Status.Type switch
            {
                FileType.Regular => hashes.TryGet(entry.Status) ?? Hash(opened, entry, hashes, buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize)),
                FileType.SymbolicLink => FileAt.ReadLink(opened, entry.Name),
                FileType.CharacterDevice or FileType.BlockDevice => BitConverter.GetBytes(((ulong)entry.Status.Node.Major << 32) | entry.Status.Node.Minor),
                _ => [],
            };
        }

        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Hash(Fd directory, SelectedEntry entry, ContentHashes hashes, byte[] buffer)
    {
        using Fd file = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int read;
        while ((read = FileContent.Read(file, buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        if (ExtendedAttributes.Get(file, Capability) is { } capability)
        {
            hash.AppendData("\0capability"u8);
            hash.AppendData(capability);
        }

        byte[] value = hash.GetHashAndReset();
        RequireUnchanged(file, entry);
        hashes.Add(entry.Status, value);
        return value;
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

    private static void Append(IncrementalHash digest, byte[] record, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, bytes.Length);
        digest.AppendData(record.AsSpan(0, sizeof(int)));
        digest.AppendData(bytes);
    }

    private static void Append(IncrementalHash digest, byte[] record, in FileStatus status, bool owners)
    {
        bool link = status.Type == FileType.SymbolicLink;
        BinaryPrimitives.WriteInt32LittleEndian(record, link ? status.Mode & ~0xFFF : status.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), owners ? status.Uid : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), owners ? status.Gid : 0);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(12), status.Type == FileType.Regular ? status.Size : 0);
        digest.AppendData(record.AsSpan(0, 20));
    }
}
