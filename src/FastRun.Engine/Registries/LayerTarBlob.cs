using System;
using System.Buffers;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers;
using FastRun.Layers.Hosting;
using FastRun.Layers.Pipeline;

namespace FastRun.Engine.Registries;

/// <summary>
/// A layer's tar that is made again as it is read, from front to back. Its last bytes are given only once all of it was found to have the
/// digest. A part from the middle costs as much as all that is before it.
/// </summary>
internal sealed class LayerTarBlob(LayerTar tar, IDisposable held) : HostedBlob
{
    private Stream? _stream;
    private long _position;

    public override long Size => tar.Size;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        try
        {
            Seek(offset, cancellation);
            int count = _stream!.Read(buffer.Span[..(int)Math.Min(buffer.Length, Size - offset)]);
            _position += count;
            if (_position == Size)
            {
                // This read gives nothing; it is where the digest is compared.
                _ = _stream.ReadByte();
            }

            return ValueTask.FromResult(count);
        }
        catch (LayerException e)
        {
            throw new HostingException(HostingFault.Unavailable, e.Message, e);
        }
    }

    public override void Dispose()
    {
        _stream?.Dispose();
        held.Dispose();
    }

    private void Seek(long offset, CancellationToken cancellation)
    {
        if (_stream is null || offset < _position)
        {
            _stream?.Dispose();
            (_stream, _position) = (tar.Open(), 0);
        }

        if (offset == _position)
        {
            return;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            while (_position < offset)
            {
                cancellation.ThrowIfCancellationRequested();
                int read = _stream.Read(block, 0, (int)Math.Min(block.Length, offset - _position));
                _position += read;
                if (read == 0)
                {
                    throw new LayerException(LayerErrorKind.Truncated, $"layer {tar.DiffId} ends too early");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
