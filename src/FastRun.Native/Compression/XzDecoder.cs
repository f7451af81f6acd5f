using System;
using System.IO;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Compression;

/// <summary>Decompresses .xz (tukaani.org, "The .xz File Format").</summary>
public sealed unsafe class XzDecoder : ArchiveDecoder
{
    /// <summary><c>xz -9</c> wants 65 MiB.</summary>
    private const ulong MostMemory = 160 << 20;

    private lzma_stream* _stream;

    /// <summary>A decoder at the beginning of a file.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory.</exception>
    public XzDecoder()
    {
        _stream = (lzma_stream*)NativeMemory.AllocZeroed((nuint)sizeof(lzma_stream));
        if (Lzma.lzma_stream_decoder(_stream, MostMemory, Lzma.LZMA_CONCATENATED) != Lzma.LZMA_OK)
        {
            Free();
            throw new InsufficientMemoryException();
        }
    }

    /// <summary>Frees what an undisposed decoder holds.</summary>
    ~XzDecoder() => Free();

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->next_in = from;
            _stream->avail_in = (nuint)input.Length;
            _stream->next_out = to;
            _stream->avail_out = (nuint)output.Length;
            int result = Lzma.lzma_code(_stream, input.IsEmpty ? Lzma.LZMA_FINISH : Lzma.LZMA_RUN);
            consumed = input.Length - (int)_stream->avail_in;
            written = output.Length - (int)_stream->avail_out;
            _stream->next_in = null;
            _stream->next_out = null;
            GC.KeepAlive(this);
            return result switch
            {
                Lzma.LZMA_OK => false,
                Lzma.LZMA_STREAM_END => true,
                _ => throw new InvalidDataException("damaged xz data"),
            };
        }
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        if (_stream is not null)
        {
            Lzma.lzma_end(_stream);
            NativeMemory.Free(_stream);
            _stream = null;
        }
    }
}
