using System;
using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>Makes a layer's tar again from its tree and its tar-index.</summary>
internal sealed class TarRemaker : IDisposable
{
    private readonly Stream _index;
    private readonly Stream _destination;
    private readonly Fd _layer;
    private readonly LayerRecord _record;
    private readonly KeptFiles _kept;
    private readonly IncrementalHash _hash;
    private readonly byte[] _buffer = new byte[TarIndexWriter.BufferSize];
    private int _contents;

    private TarRemaker(string layer, LayerRecord record, Stream destination)
    {
        _record = record;
        _kept = new KeptFiles(record.Relocations);
        _destination = destination;
        _hash = IncrementalHash.CreateHash(
            record.DiffId.StartsWith("sha512", StringComparison.Ordinal)
                ? HashAlgorithmName.SHA512
                : HashAlgorithmName.SHA256);
        _layer = FileAt.OpenDirectory(null, layer);
        Stream file = FileContent.OpenStream(
            FileAt.Open(_layer, LayerStore.TarIndexName, OpenFlags.Read | OpenFlags.NoFollow), FileAccess.Read);
        Span<byte> magic = stackalloc byte[TarIndexWriter.Magic.Length];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.SequenceEqual(TarIndexWriter.Magic))
        {
            file.Dispose();
            throw Changed("its index is damaged");
        }

        _index = new ZstdReadStream(file);
    }

    /// <summary>Writes the tar.</summary>
    /// <exception cref="LayerException">What was written is not the tar that the layer came from.</exception>
    internal static void Write(string layer, LayerRecord record, Stream destination)
    {
        using TarRemaker remaker = new(layer, record, destination);
        remaker.Write();
    }

    public void Dispose()
    {
        _index.Dispose();
        _layer.Dispose();
        _hash.Dispose();
    }

    private void Write()
    {
        try
        {
            ulong head;
            while ((head = ReadVarint()) != 0)
            {
                if ((head & 1) == 0)
                {
                    CopyRaw((long)(head >> 1));
                }
                else
                {
                    CopyFile((long)(head >> 1), ReadPath());
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Changed("its index is damaged");
        }

        string algorithm = _record.DiffId[.._record.DiffId.IndexOf(':', StringComparison.Ordinal)];
        if ($"{algorithm}:{Convert.ToHexStringLower(_hash.GetHashAndReset())}" != _record.DiffId)
        {
            throw Changed("its files were changed");
        }
    }

    private void CopyRaw(long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, _buffer.Length);
            _index.ReadExactly(_buffer, 0, count);
            Emit(_buffer.AsSpan(0, count));
            length -= count;
        }
    }

    private void CopyFile(long size, byte[] path)
    {
        using Fd? file = FileAt.TryOpen(
            _layer,
            Locate(path),
            OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking,
            0,
            DirectoryCache.Strict,
            out _);
        _contents++;
        if (file is null || FileAt.Stat(file).Type != FileType.Regular)
        {
            throw Changed($"{LayerPath.ForMessage(path)} was changed");
        }

        while (size > 0)
        {
            int count = FileContent.Read(file, _buffer.AsSpan(0, (int)Math.Min(size, _buffer.Length)));
            if (count == 0)
            {
                throw Changed($"{LayerPath.ForMessage(path)} was changed");
            }

            Emit(_buffer.AsSpan(0, count));
            size -= count;
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

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _destination.Write(bytes);
    }

    private LayerException Changed(string how) =>
        new(LayerErrorKind.DigestMismatch, $"layer {_record.DiffId} cannot be made again: {how}");
}
