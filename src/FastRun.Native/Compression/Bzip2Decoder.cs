using System;
using System.IO;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Compression;

/// <summary>Decompresses .bz2, whose blocks of 900 kB at most want 4 MB.</summary>
public sealed unsafe class Bzip2Decoder : ArchiveDecoder
{
    private bz_stream* _stream;
    private bool _isOpen;
    private bool _hasEnded;

    /// <summary>A decoder at the beginning of a file.</summary>
    public Bzip2Decoder() => _stream = (bz_stream*)NativeMemory.AllocZeroed((nuint)sizeof(bz_stream));

    /// <summary>Frees what an undisposed decoder holds.</summary>
    ~Bzip2Decoder() => Free();

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        (consumed, written) = (0, 0);
        if (input.IsEmpty)
        {
            if (!_isOpen)
            {
                return _hasEnded ? true : throw new InvalidDataException("damaged bzip2 data");
            }
        }
        else if (!_isOpen)
        {
            Open();
        }

        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->next_in = from;
            _stream->avail_in = (uint)input.Length;
            _stream->next_out = to;
            _stream->avail_out = (uint)output.Length;
            int result = Bzip2.BZ2_bzDecompress(_stream);
            consumed = input.Length - (int)_stream->avail_in;
            written = output.Length - (int)_stream->avail_out;
            _stream->next_in = null;
            _stream->next_out = null;
            GC.KeepAlive(this);
            if (result == Bzip2.BZ_STREAM_END)
            {
                // Another one may follow.
                Close();
                _hasEnded = true;
                return false;
            }

            // Without input it could only give what it still holds.
            return result == Bzip2.BZ_OK && (written > 0 || !input.IsEmpty) ? false : throw new InvalidDataException("damaged bzip2 data");
        }
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        if (_stream is not null)
        {
            Close();
            NativeMemory.Free(_stream);
            _stream = null;
        }
    }

    private void Open()
    {
        *_stream = default;
        if (Bzip2.BZ2_bzDecompressInit(_stream, 0, 0) != Bzip2.BZ_OK)
        {
            throw new InsufficientMemoryException();
        }

        _isOpen = true;
    }

    private void Close()
    {
        if (_isOpen)
        {
            _ = Bzip2.BZ2_bzDecompressEnd(_stream);
            _isOpen = false;
        }
    }
}
