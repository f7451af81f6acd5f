using System;
using System.Buffers;
using System.IO;
using System.Threading;
using FastRun.Native.Compression;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>Decompresses the Zstandard frames of a stream.</summary>
/// <param name="source">Them; owned.</param>
/// <param name="largeWindow">
/// Held from the first frame that wants a window of more than 8 MiB to the end of the stream, so that streams side by side have one
/// such window together; null to refuse them.
/// </param>
/// <param name="cancellation">Ends the wait for it.</param>
internal sealed class ZstdReadStream(
    Stream source, SemaphoreSlim? largeWindow = null, CancellationToken cancellation = default) : ReadOnlyStream
{
    private const int InputSize = 128 * 1024;

    private readonly ZstdDecoder _decoder = new();
    private byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private int _start;
    private int _end;
    private bool _ended;
    private bool _hasLargeWindow;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (_decoder.AtFrameEnd)
            {
                FillTo(ZstdFrame.MaxHeaderSize);
                if (_start == _end)
                {
                    return 0;
                }

                AwaitLargeWindow();
            }
            else
            {
                FillTo(1);
            }

            // At the end of the input the decoder may still hold output.
            _decoder.Decompress(_input.AsSpan(_start, _end - _start), buffer, out int consumed, out int written);
            _start += consumed;
            if (written > 0)
            {
                return written;
            }

            if (_ended && _start == _end && !_decoder.AtFrameEnd)
            {
                throw new EndOfStreamException();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = [];
            _decoder.Dispose();
            if (_hasLargeWindow)
            {
                largeWindow!.Release();
            }

            source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads until that much input is there, or all that is left.</summary>
    private void FillTo(int least)
    {
        if (_end - _start >= least || _ended)
        {
            return;
        }

        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        while (_end < least && !_ended)
        {
            int count = source.Read(_input, _end, InputSize - _end);
            _end += count;
            _ended = count == 0;
        }
    }

    /// <summary>The decoder keeps the memory that it once had for a window, so this is for the rest of the stream.</summary>
    private void AwaitLargeWindow()
    {
        if (largeWindow is not null && !_hasLargeWindow
            && ZstdFrame.WindowSize(_input.AsSpan(_start, _end - _start)) > ZstdFrame.CommonWindowSize)
        {
            largeWindow.Wait(cancellation);
            _hasLargeWindow = true;
            _decoder.AllowLargeWindows();
        }
    }
}
