using System;
using System.IO;
using FastRun.Native.Interop;

namespace FastRun.Native.Compression;

/// <summary>Decompresses Zstandard frames (RFC 8878), one after another, with bounded memory.</summary>
public sealed unsafe class ZstdDecoder : IDisposable
{
    // RFC 8878, 3.1.1.1.2: ZstdFrame.CommonWindowSize.
    private const int CommonWindowLog = 23;

    // What zstd and the other engines accept.
    private const int LargestWindowLog = 27;

    private nint _context;

    /// <summary>A decoder at the beginning of a frame, for windows of up to <see cref="ZstdFrame.CommonWindowSize"/>.</summary>
    public ZstdDecoder()
    {
        _context = Zstd.ZSTD_createDCtx();
        SetWindowLogMax(CommonWindowLog);
    }

    /// <summary>Frees what an undisposed decoder holds.</summary>
    ~ZstdDecoder() => Free();

    /// <summary>Whether all input so far ended exactly with a frame.</summary>
    public bool AtFrameEnd { get; private set; } = true;

    /// <summary>From the next frame on, windows may have 128 MiB. Only at the beginning of a frame.</summary>
    public void AllowLargeWindows()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        SetWindowLogMax(LargestWindowLog);
    }

    /// <summary>Decompresses some input.</summary>
    /// <exception cref="InvalidDataException">It is not Zstandard, is damaged, or wants a window larger than it may have.</exception>
    public void Decompress(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            ZSTD_buffer source = new() { data = from, size = (nuint)input.Length };
            ZSTD_buffer target = new() { data = to, size = (nuint)output.Length };
            nuint result = Zstd.ZSTD_decompressStream(_context, &target, &source);
            GC.KeepAlive(this);
            if (Zstd.ZSTD_isError(result) != 0)
            {
                throw new InvalidDataException("damaged zstd data");
            }

            consumed = (int)source.pos;
            written = (int)target.pos;
            AtFrameEnd = result == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void SetWindowLogMax(int value)
    {
        if (_context == 0 || Zstd.ZSTD_isError(Zstd.ZSTD_DCtx_setParameter(_context, Zstd.ZSTD_d_windowLogMax, value)) != 0)
        {
            throw new InsufficientMemoryException();
        }
    }

    private void Free()
    {
        if (_context != 0)
        {
            _ = Zstd.ZSTD_freeDCtx(_context);
            _context = 0;
        }
    }
}
