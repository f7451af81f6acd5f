using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Threading.Tasks;
using FastRun.Native.Compression;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>
/// Compresses a stream on all cores: in blocks that know nothing of each other, a few ahead of whoever reads, put together in their
/// order. gzip becomes one member of deflate blocks that each end at a whole byte, so that every reader of gzip takes it for any
/// other; Zstandard becomes a frame for each block, which readers must accept (RFC 8878, 3). The same bytes give the same result.
/// </summary>
internal sealed class BlockCompressor : ReadOnlyStream
{
    /// <summary>Bytes of a block: what is lost of the ratio since a block does not see the one before is below a hundredth.</summary>
    internal const int BlockSize = 1 << 20;

    private static readonly int s_ahead = Environment.ProcessorCount + 2;

    private readonly Stream _source;
    private readonly LayerCompression _compression;
    private readonly Queue<Task<MemoryStream>> _blocks = new();
    private readonly Stack<MemoryStream> _idle = new();
    private readonly GzipChecksum _checksum = new();
    private uint _length;
    private bool _begun;
    private bool _ended;
    private bool _disposed;
    private MemoryStream? _current;

    /// <summary>Begins with the first read. Owns the source.</summary>
    internal BlockCompressor(Stream source, LayerCompression compression)
    {
        (_source, _compression) = (source, compression);
        if (!compression.IsZstd)
        {
            // No name, no time, no system: nothing but the content decides what comes out (RFC 1952, 2.3.1).
            _blocks.Enqueue(Task.FromResult(new MemoryStream([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])));
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (_current is not null)
            {
                int count = _current.Read(buffer);
                if (count > 0 || buffer.IsEmpty)
                {
                    return count;
                }

                _idle.Push(_current);
                _current = null;
            }

            while (!_ended && _blocks.Count < s_ahead)
            {
                Begin();
            }

            if (!_blocks.TryDequeue(out Task<MemoryStream>? next))
            {
                return 0;
            }

            _current = next.GetAwaiter().GetResult();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            foreach (Task<MemoryStream> block in _blocks)
            {
                // Its buffers are in use until it ends.
                block.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            }

            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads a block and has it compressed; behind the last one comes what ends the whole.</summary>
    private void Begin()
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        int length;
        try
        {
            length = _source.ReadAtLeast(block.AsSpan(0, BlockSize), BlockSize, throwOnEndOfStream: false);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(block);
            throw;
        }

        _ended = length < BlockSize;
        bool isGzip = !_compression.IsZstd;
        if (isGzip)
        {
            _checksum.Append(block.AsSpan(0, length));
            _length += (uint)length;
        }

        // Nothing at all is a frame too.
        if (length > 0 || (!isGzip && !_begun))
        {
            _begun = true;
            MemoryStream target = _idle.TryPop(out MemoryStream? used) && used.Capacity >= BlockSize ? used : new MemoryStream(BlockSize + (BlockSize >> 4));
            _blocks.Enqueue(Task.Run(() => Compress(block, length, target)));
        }
        else
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        if (_ended && isGzip)
        {
            // An empty final block, then checksum and length.
            byte[] trailer = [0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(2), _checksum.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(6), _length);
            _blocks.Enqueue(Task.FromResult(new MemoryStream(trailer)));
        }
    }

    private MemoryStream Compress(byte[] block, int length, MemoryStream target)
    {
        try
        {
            target.SetLength(0);
            if (_compression.IsZstd)
            {
                CompressFrame(block.AsSpan(0, length), target);
            }
            else
            {
                using DeflateStream deflate = new(
                    new Unfinished(target), new ZLibCompressionOptions { CompressionLevel = _compression.Level });
                deflate.Write(block, 0, length);
                deflate.Flush();
                ((Unfinished)deflate.BaseStream).IsClosed = true;
            }

            target.Position = 0;
            return target;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private void CompressFrame(ReadOnlySpan<byte> rest, MemoryStream target)
    {
        using ZstdEncoder encoder = new(_compression.Level);
        byte[] output = ArrayPool<byte>.Shared.Rent(BlockSize >> 3);
        try
        {
            bool complete;
            do
            {
                complete = encoder.Compress(rest, output, end: true, out int consumed, out int written);
                rest = rest[consumed..];
                target.Write(output, 0, written);
            }
            while (!complete);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <summary>Keeps what ends a deflate stream from coming between two blocks.</summary>
    private sealed class Unfinished(MemoryStream target) : WriteOnlyStream
    {
        internal bool IsClosed { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!IsClosed)
            {
                target.Write(buffer);
            }
        }
    }
}
