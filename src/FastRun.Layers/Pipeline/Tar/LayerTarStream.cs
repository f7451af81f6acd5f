using System;
using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Snapshots;
using FastRun.Native;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// A layer's tar, made again: one thread reads the layer's files a few blocks ahead, one hashes, and whoever reads this gets the
/// blocks. The end comes only where all bytes were those of the diffID; before that none can be relied on.
/// </summary>
internal sealed class LayerTarStream : ReadOnlyStream
{
    private readonly LayerRecord _record;
    private readonly LayerBuffers _buffers = new();
    private readonly TarBlocks _blocks;
    private readonly TarDigest _digest;
    private ReadOnlyMemory<byte> _block;
    private long _number;
    private long _given;
    private bool _verified;
    private bool _disposed;

    /// <summary>Begins to make it.</summary>
    /// <param name="directory">The layer's.</param>
    /// <param name="record">What is known of it.</param>
    /// <exception cref="LayerException">It cannot be made.</exception>
    internal LayerTarStream(string directory, LayerRecord record)
    {
        _record = record;
        try
        {
            _blocks = new TarBlocks(new TarRemaker(directory, record), readers: 2, _buffers);
        }
        catch (Exception exception)
        {
            _buffers.Dispose();
            throw Describe(exception);
        }

        bool isSha512 = record.DiffId.StartsWith("sha512", StringComparison.Ordinal);
        _digest = new TarDigest(_blocks, reader: 1, isSha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_block.IsEmpty)
        {
            _block = Next();
        }

        int count = Math.Min(_block.Length, buffer.Length);
        _block.Span[..count].CopyTo(buffer);
        _block = _block[count..];
        return count;
    }

    /// <inheritdoc/>
    public override void CopyTo(Stream destination, int bufferSize)
    {
        destination.Write(_block.Span);
        _block = default;
        ReadOnlyMemory<byte> block;
        while (!(block = Next()).IsEmpty)
        {
            destination.Write(block.Span);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _blocks.Stop();
            _digest.Dispose();
            _blocks.Dispose();
            _buffers.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The next bytes where they lie, until this is called again; none at the verified end.</summary>
    private ReadOnlyMemory<byte> Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_verified)
        {
            return default;
        }

        ReadOnlyMemory<byte> block;
        try
        {
            block = _blocks.Next(reader: 0, _number);
        }
        catch (Exception exception)
        {
            throw Describe(exception);
        }

        _number++;
        _given += block.Length;
        if (_given > _record.TarSize || (block.IsEmpty && _given < _record.TarSize))
        {
            throw TarRemaker.Changed(_record, "its size is not what its record says");
        }

        if (block.IsEmpty)
        {
            Verify();
        }

        return block;
    }

    private void Verify()
    {
        string algorithm = _record.DiffId[.._record.DiffId.IndexOf(':', StringComparison.Ordinal)];
        _verified = $"{algorithm}:{_digest.Finish()}" == _record.DiffId
            ? true
            : throw TarRemaker.Changed(_record, "its files were changed");
    }

    private LayerException Describe(Exception exception) => exception switch
    {
        LayerException layer => layer,
        SyscallException syscall => new LayerException(LayerErrorKind.Io, $"layer {_record.DiffId}: {syscall.Message}", exception),
        _ => new LayerException(LayerErrorKind.Io, $"layer {_record.DiffId} cannot be read: input/output error", exception),
    };
}
