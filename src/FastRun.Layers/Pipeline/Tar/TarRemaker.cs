using System;
using System.IO;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// Gives the bytes of a layer's tar again, from its tree and its tar-index, as a decoder gives those of a blob. Whether they are
/// the tar's is for their digest to tell.
/// </summary>
internal sealed class TarRemaker : LayerDecoder
{
    private readonly Stream _index;
    private readonly Fd _layer;
    private readonly LayerRecord _record;
    private readonly KeptFiles _kept;
    private int _contents;
    private long _left;
    private Fd? _file;
    private byte[] _path = [];
    private bool _ended;

    /// <summary>Opens a layer.</summary>
    /// <param name="layer">Its directory.</param>
    /// <param name="record">What is known of it.</param>
    /// <exception cref="LayerException">It has no index, or a damaged one.</exception>
    internal TarRemaker(string layer, LayerRecord record)
    {
        _record = record;
        _kept = new KeptFiles(record.Relocations);
        _layer = FileAt.OpenDirectory(null, layer);
        try
        {
            _index = OpenIndex();
        }
        catch
        {
            _layer.Dispose();
            throw;
        }
    }

    /// <exception cref="LayerException">The tree or its index was changed.</exception>
    internal override int Read(Span<byte> block, int history)
    {
        Span<byte> target = block[history..];
        try
        {
            if (_left == 0 && !TryNext())
            {
                return 0;
            }

            target = target[..(int)Math.Min(_left, target.Length)];
            int count = _file is null ? _index.Read(target) : FileContent.Read(_file, target);
            if (count == 0)
            {
                throw _file is null ? new EndOfStreamException() : Changed($"{LayerPath.ForMessage(_path)} was changed");
            }

            _left -= count;
            return count;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Changed("its index is damaged");
        }
    }

    public override void Dispose()
    {
        _file?.Dispose();
        _index.Dispose();
        _layer.Dispose();
    }

    /// <summary>The failure of a layer whose tar this is not any more.</summary>
    internal static LayerException Changed(LayerRecord record, string how) =>
        new(LayerErrorKind.DigestMismatch, $"layer {record.DiffId} cannot be made again: {how}");

    private LayerException Changed(string how) => Changed(_record, how);

    private ZstdReadStream OpenIndex()
    {
        Fd? found = FileAt.TryOpen(
            _layer, LayerStore.TarIndexName, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
        if (found is null)
        {
            throw errno == Errno.ENOENT
                ? Changed("its tar-index is missing")
                : new SyscallException("openat2", errno, LayerStore.TarIndexName);
        }

        Stream file = FileContent.OpenStream(found, FileAccess.Read);
        Span<byte> magic = stackalloc byte[TarIndexWriter.Magic.Length];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.SequenceEqual(TarIndexWriter.Magic))
        {
            file.Dispose();
            throw Changed("its index is damaged");
        }

        return new ZstdReadStream(file);
    }

    /// <summary>Goes on to the next segment that has bytes; false at the end.</summary>
    private bool TryNext()
    {
        while (_left == 0 && !_ended)
        {
            _file?.Dispose();
            _file = null;
            ulong head = ReadVarint();
            _ended = head == 0;
            _left = (long)(head >> 1);
            if ((head & 1) == 1)
            {
                OpenFile(ReadPath());
            }
        }

        return !_ended;
    }

    private void OpenFile(byte[] path)
    {
        _path = path;
        _file = FileAt.TryOpen(
            _layer,
            Locate(path),
            OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking,
            0,
            DirectoryCache.Strict,
            out _);
        _contents++;
        if (_file is null || FileAt.Stat(_file).Type != FileType.Regular)
        {
            throw Changed($"{LayerPath.ForMessage(path)} was changed");
        }
    }

    /// <summary>Where a content is now: in the tree, or kept aside since a later entry of the tar replaced it.</summary>
    private byte[] Locate(byte[] path) => _kept.Find(path, _contents, out int moved) is { } relocation
        ? [.. LayerPath.FromText($"{LayerTree.KeptDirectory}/{relocation.Kept}"), .. path.AsSpan(moved)]
        : [.. LayerPath.FromText(LayerTree.FilesDirectory + "/"), .. path];

    private byte[] ReadPath()
    {
        ulong length = ReadVarint();
        if (length > LayerPath.MaxLength)
        {
            throw new InvalidDataException();
        }

        byte[] path = new byte[length];
        _index.ReadExactly(path);
        return path.AsSpan().Contains((byte)0) ? throw new InvalidDataException() : path;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < TarIndexWriter.VarintSize * 7; shift += 7)
        {
            int octet = _index.ReadByte();
            if (octet < 0)
            {
                throw new EndOfStreamException();
            }

            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException();
    }
}
