using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>
/// Makes the tar of a tree that overlayfs wrote (OCI image-spec, layer): whiteouts become <c>.wh.</c> entries, opaque directories
/// get <c>.wh..wh..opq</c>. The tar itself goes nowhere: its digest is taken, and what the tree cannot give back of it is kept, as of
/// a layer that was pulled. Reading and hashing are two threads, because SHA-256 of one stream is the slower half.
/// </summary>
internal sealed class UpperTar : IDisposable
{
    private readonly TarIndexWriter _index;
    private readonly BlockHash _hash = new();
    private readonly TarWriter _tar;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _whiteoutParents = [];
    private long _fileBytes;
    private int _entries;

    private UpperTar(Fd index, CancellationToken cancellation)
    {
        _index = new TarIndexWriter(FileContent.OpenStream(Fd.Borrow(index.Number), FileAccess.Write));
        _cancellation = cancellation;
        _tar = new TarWriter(new Headers(this), Content);
    }

    private static ReadOnlySpan<byte> WhiteoutPrefix => ".wh."u8;

    private static ReadOnlySpan<byte> OpaqueName => ".wh..wh..opq"u8;

    /// <summary>Makes the tar of a layer.</summary>
    /// <param name="layer">The layer's directory.</param>
    /// <param name="index">Where the tar-index goes.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What becomes its layer.json.</returns>
    /// <exception cref="LayerException">A name would mean something else in a tar.</exception>
    /// <exception cref="SyscallException">Something cannot be read or written.</exception>
    internal static LayerRecord Make(Fd layer, Fd index, CancellationToken cancellation)
    {
        using UpperTar tar = new(index, cancellation);
        using Fd tree = FileAt.OpenDirectory(layer, LayerTree.FilesDirectory);
        new TreeReader(tar.Add, new TreeSelection { KeepMarks = true, Sorted = true, IsStill = true }).Read(tree, "."u8.ToArray());
        tar._tar.Complete();
        tar._index.Complete();
        return new LayerRecord
        {
            SchemaVersion = LayerRecord.CurrentSchema,
            DiffId = Digest.FromSha256(tar._hash.Finish()).ToString(),
            TarSize = tar._hash.Length,
            FileBytes = tar._fileBytes,
            Entries = tar._entries,
            BootId = BootId.Current,
            Durable = false,
            Leanings = new Leanings { WhiteoutParents = tar._whiteoutParents },
        };
    }

    public void Dispose()
    {
        _index.Dispose();
        _hash.Dispose();
    }

    private void Add(TreeEntry entry, Fd? content)
    {
        _cancellation.ThrowIfCancellationRequested();
        ReadOnlySpan<byte> path = entry.Name;
        int slash = path.TrimEnd((byte)'/').LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        if (name.StartsWith(WhiteoutPrefix))
        {
            throw new LayerException(
                LayerErrorKind.Unsupported, $"{entry}: names that begin with .wh. mean deletions in an image, so no file of one can have it");
        }

        if (entry.Type == EntryType.CharacterDevice && entry.Node == default)
        {
            AddParent(slash < 0 ? default : path[..slash]);
            Write(Mark([.. path[..(slash + 1)], .. WhiteoutPrefix, .. name], entry), null);
            return;
        }

        bool opaque = entry.Attributes.Any(static attribute => attribute.Name == Overlay.OpaqueAttribute);
        Write(opaque ? entry with { Attributes = [.. entry.Attributes.Where(static attribute => !Overlay.IsOwn(attribute.Name))] } : entry, content);
        if (opaque)
        {
            Write(Mark([.. path, .. OpaqueName], entry), null);
        }
    }

    private void Write(TreeEntry entry, Fd? content)
    {
        _entries++;
        _fileBytes += entry.Size;
        _tar.Add(entry, content);
    }

    private static TreeEntry Mark(byte[] name, TreeEntry of) => new() { Name = name, Type = EntryType.File, Modified = of.Modified };

    /// <summary>Where no layer below has the directory, its whiteouts would be listed: then it is unpacked without them.</summary>
    private void AddParent(ReadOnlySpan<byte> path)
    {
        string parent = LayerPath.ToText(path);
        if (_whiteoutParents.Count == 0 || _whiteoutParents[^1] != parent)
        {
            _whiteoutParents.Add(parent);
        }
    }

    private void Content(TreeEntry entry, Fd content)
    {
        _index.AppendFile(entry.Name, entry.Size);
        long left = entry.Size;
        while (left > 0)
        {
            Span<byte> block = _hash.Free();
            int count = FileContent.Read(content, block[..(int)Math.Min(block.Length, left)]);
            if (count == 0)
            {
                throw new LayerException(LayerErrorKind.Io, $"{entry}: it became shorter while it was read");
            }

            _hash.Advance(count);
            left -= count;
        }
    }

    /// <summary>All of the tar but the content of files.</summary>
    private sealed class Headers(UpperTar tar) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            tar._index.AppendRaw(buffer);
            tar._hash.Append(buffer);
        }
    }
}
