using System;
using System.IO;
using System.Security.Cryptography;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// The uncompressed bytes of a layer in large blocks that are looked at where they lie. Hashes everything for the diffID and
/// stops at the limit. Owns the stream.
/// </summary>
internal sealed class TarInput(
    Stream source, UnpackAllowance allowance, HashAlgorithmName algorithm, LayerProgress? progress = null) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);
    private readonly ReadAhead _blocks = new(source);
    private ReadOnlyMemory<byte> _block;

    /// <summary>How many bytes came so far.</summary>
    internal long Length { get; private set; }

    /// <summary>What is there now: at least one byte, but for the end of the stream.</summary>
    internal ReadOnlySpan<byte> Peek()
    {
        if (_block.IsEmpty)
        {
            _block = _blocks.Next();
            _hash.AppendData(_block.Span);
            Length += _block.Length;
            progress?.AddTarBytes(_block.Length);
            allowance.Take(_block.Length);
        }

        return _block.Span;
    }

    /// <summary>Refuses content that is announced and cannot fit: what is here already is paid for.</summary>
    internal void Announce(long bytes) => allowance.Require(bytes - _block.Length);

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
    internal string FinishHash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        _blocks.Dispose();
        _hash.Dispose();
    }
}
