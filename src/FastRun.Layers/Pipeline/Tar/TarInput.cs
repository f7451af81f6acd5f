using System;
using System.Diagnostics;
using System.Security.Cryptography;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// The uncompressed bytes of a layer in large blocks that are looked at where they lie, while a thread beside this one hashes them
/// for the diffID. Stops where the allowance is used up.
/// </summary>
internal sealed class TarInput : IDisposable
{
    private readonly UnpackAllowance _allowance;
    private readonly TarBlocks _blocks;
    private readonly TarDigest? _digest;
    private long _number;
    private ReadOnlyMemory<byte> _block;

    /// <summary>Begins to decompress, and to hash where an algorithm is given. Owns the decoder.</summary>
    internal TarInput(
        LayerDecoder decoder,
        UnpackAllowance allowance,
        HashAlgorithmName? algorithm,
        LayerBuffers buffers,
        LayerProgress? progress = null)
    {
        _allowance = allowance;
        _blocks = new TarBlocks(decoder, readers: algorithm is null ? 1 : 2, buffers, progress);
        _digest = algorithm is { } wanted ? new TarDigest(_blocks, reader: 1, wanted, progress) : null;
    }

    /// <summary>How many bytes came so far.</summary>
    internal long Length { get; private set; }

    /// <summary>Ticks of the stopwatch for which the next block was not there.</summary>
    internal long Waited { get; private set; }

    /// <summary>What is there now: at least one byte, but for the end of the stream.</summary>
    internal ReadOnlySpan<byte> Peek()
    {
        if (_block.IsEmpty)
        {
            long began = Stopwatch.GetTimestamp();
            _block = _blocks.Next(reader: 0, _number++);
            Waited += Stopwatch.GetTimestamp() - began;
            Length += _block.Length;
            _allowance.Take(_block.Length);
        }

        return _block.Span;
    }

    /// <summary>Refuses content that is announced and cannot fit: what is here already is paid for.</summary>
    internal void Announce(long bytes) => _allowance.Require(bytes - _block.Length);

    /// <summary>Passes over bytes that <see cref="Peek"/> showed.</summary>
    internal void Advance(int count) => _block = _block[count..];

    /// <summary>Copies exactly as many bytes as asked for, or fewer at the end of the stream.</summary>
    internal int Read(Span<byte> target)
    {
        int filled = 0;
        while (filled < target.Length)
        {
            ReadOnlySpan<byte> available = Peek();
            if (available.IsEmpty)
            {
                break;
            }

            int count = Math.Min(available.Length, target.Length - filled);
            available[..count].CopyTo(target[filled..]);
            Advance(count);
            filled += count;
        }

        return filled;
    }

    /// <summary>The hash of all bytes, in hex; call at the end of the stream.</summary>
    internal string FinishHash() => _digest!.Finish();

    public void Dispose()
    {
        _blocks.Stop();
        _digest?.Dispose();
        _blocks.Dispose();
    }
}
