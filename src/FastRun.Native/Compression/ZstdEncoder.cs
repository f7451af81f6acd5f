using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Compression;

/// <summary>Compresses to one Zstandard frame (RFC 8878).</summary>
public sealed unsafe class ZstdEncoder : IDisposable
{
    private nint _context;

    /// <summary>An encoder at the beginning of a frame.</summary>
    public ZstdEncoder(int level)
    {
        _context = Zstd.ZSTD_createCCtx();
        if (_context == 0 || Zstd.ZSTD_isError(Zstd.ZSTD_CCtx_setParameter(
            _context, Zstd.ZSTD_c_compressionLevel, level)) != 0)
        {
            throw new InsufficientMemoryException();
        }
    }

    /// <summary>Frees what an undisposed encoder holds.</summary>
    ~ZstdEncoder() => Free();

    /// <summary>Compresses some input; with <paramref name="end"/>, finishes the frame.</summary>
    /// <returns>With <paramref name="end"/>: whether the frame is complete; call again with more room otherwise.</returns>
    public bool Compress(ReadOnlySpan<byte> input, Span<byte> output, bool end, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            ZSTD_buffer source = new() { data = from, size = (nuint)input.Length };
            ZSTD_buffer target = new() { data = to, size = (nuint)output.Length };
            nuint result = Zstd.ZSTD_compressStream2(
                _context, &target, &source, end ? Zstd.ZSTD_e_end : Zstd.ZSTD_e_continue);
            GC.KeepAlive(this);
            if (Zstd.ZSTD_isError(result) != 0)
            {
                throw new InsufficientMemoryException();
            }

            consumed = (int)source.pos;
            written = (int)target.pos;
            return result == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0)
        {
            _ = Zstd.ZSTD_freeCCtx(_context);
            _context = 0;
        }
    }
}
