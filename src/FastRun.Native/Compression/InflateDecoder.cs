using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRun.Native.Compression;

/// <summary>
/// Decodes a DEFLATE stream (RFC 1951) into memory that already holds what it may refer back to. It reads eight bytes at a time
/// and writes beyond where it will continue, so its input is padded and its output needs <see cref="Slack"/>.
/// </summary>
internal sealed unsafe class InflateDecoder(CompressedInput input)
{
    /// <summary>How far back a match may reach.</summary>
    internal const int HistorySize = 32 * 1024;

    /// <summary>Bytes behind the limit that <see cref="Decode"/> may write to: two literals, the longest match, a vector.</summary>
    internal const int Slack = 2 + 258 + 16;

    private const int LiteralBits = 11;
    private const int DistanceBits = 8;
    private const int CodeLengthBits = 7;
    private const string DamagedData = "damaged deflate data";
    private const uint LiteralMask = (1 << LiteralBits) - 1;
    private const uint DistanceMask = (1 << DistanceBits) - 1;

    // More than any code of 288 and 32 symbols needs beside tables of these sizes; Build checks its bounds anyway.
    private const int LiteralTableSize = 2560;
    private const int DistanceTableSize = 512;

    // 3 + 14 bits, 19 lengths of 3 bits, and 320 of at most 7 + 7.
    private const int LargestHeader = 600;

    // A round reads at most three times seven bytes on, and eight from there.
    private const int ReadAhead = 32;

    private readonly uint[] _literals = new uint[LiteralTableSize];
    private readonly uint[] _distances = new uint[DistanceTableSize];
    private readonly uint[] _codeLengths = new uint[1 << CodeLengthBits];
    private readonly byte[] _lengths = new byte[DeflateSymbols.LiteralCount + DeflateSymbols.DistanceCount];

    private byte* _from;
    private ulong _bits;
    private int _bitCount;
    private int _stored;
    private Stage _stage;
    private bool _last;
    private bool _fixed;

    private enum Stage
    {
        BlockHeader,
        Stored,
        Codes,
        Ended,
    }

    /// <summary>The last block has been decoded; the input stands at the byte behind it.</summary>
    internal bool Ended => _stage == Stage.Ended;

    /// <summary>Gets ready for another stream.</summary>
    internal void Reset()
    {
        _stage = Stage.BlockHeader;
        _last = false;
    }

    /// <summary>Decodes until the limit is reached or passed, or the stream ends.</summary>
    /// <param name="window">The first byte that a match may refer to.</param>
    /// <param name="to">Where to write.</param>
    /// <param name="limit">Where to stop.</param>
    /// <returns>Behind the last byte.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    internal byte* Decode(byte* window, byte* to, byte* limit)
    {
        while (to < limit && _stage != Stage.Ended)
        {
            switch (_stage)
            {
                case Stage.BlockHeader:
                    ReadBlockHeader();
                    break;
                case Stage.Stored:
                    to = CopyStored(to, limit);
                    break;
                default:
                    to = DecodeCodes(window, to, limit);
                    break;
            }
        }

        return to;
    }

    private void ReadBlockHeader()
    {
        if (_last)
        {
            DropToByte();
            _stage = Stage.Ended;
            return;
        }

        input.Ensure(LargestHeader);
        _from = input.Next;
        _last = Take(1) != 0;
        switch (Take(2))
        {
            case 0:
                BeginStored();
                return;
            case 1:
                BuildFixed();
                break;
            case 2:
                ReadCodesOfBlock();
                break;
            default:
                throw Damaged(_from, _bitCount);
        }

        GiveBack(_from);
        _stage = Stage.Codes;
    }

    private void BeginStored()
    {
        GiveBack(_from);
        DropToByte();
        if (!input.Ensure(4))
        {
            throw new EndOfStreamException();
        }

        int length = input.Next[0] | (input.Next[1] << 8);
        int complement = input.Next[2] | (input.Next[3] << 8);
        if (length != (complement ^ 0xFFFF))
        {
            throw new InvalidDataException(DamagedData);
        }

        input.MoveTo(input.Next + 4);
        _stored = length;
        _stage = Stage.Stored;
    }

    private byte* CopyStored(byte* to, byte* limit)
    {
        int count = (int)Math.Min(_stored, limit - to);
        if (count > 0)
        {
            if (!input.Ensure(1))
            {
                throw new EndOfStreamException();
            }

            count = Math.Min(count, input.Available);
            Unsafe.CopyBlockUnaligned(to, input.Next, (uint)count);
            input.MoveTo(input.Next + count);
            _stored -= count;
        }

        _stage = _stored == 0 ? Stage.BlockHeader : Stage.Stored;
        return to + count;
    }

    private void BuildFixed()
    {
        if (!_fixed)
        {
            Span<byte> literals = _lengths.AsSpan(0, DeflateSymbols.LiteralCount);
            Span<byte> distances = _lengths.AsSpan(DeflateSymbols.LiteralCount);
            DeflateSymbols.FixedLengths(literals, distances);
            Build(literals, distances);
            _fixed = true;
        }
    }

    private void ReadCodesOfBlock()
    {
        try
        {
            ReadCodes();
        }
        catch (InvalidDataException)
        {
            throw Damaged(_from, _bitCount);
        }
    }

    /// <summary>RFC 1951, 3.2.7.</summary>
    private void ReadCodes()
    {
        int literals = (int)Take(5) + 257;
        int distances = (int)Take(5) + 1;
        int codeLengths = (int)Take(4) + 4;
        if (literals > 286 || distances > 30)
        {
            throw Damaged(_from, _bitCount);
        }

        Span<byte> lengths = stackalloc byte[DeflateSymbols.CodeLengthCount];
        lengths.Clear();
        for (int i = 0; i < codeLengths; i++)
        {
            lengths[DeflateSymbols.CodeLengthOrder[i]] = (byte)Take(3);
        }

        HuffmanTable.Build(lengths, DeflateSymbols.CodeLengths, CodeLengthBits, _codeLengths);
        Span<byte> all = _lengths.AsSpan(0, literals + distances);
        int at = 0;
        while (at < all.Length)
        {
            at += ReadLength(all, at);
        }

        // Without an end the block could not end.
        if (all[256] == 0)
        {
            throw Damaged(_from, _bitCount);
        }

        Build(all[..literals], all[literals..]);
        _fixed = false;
    }

    private int ReadLength(Span<byte> all, int at)
    {
        if (_bitCount < CodeLengthBits)
        {
            Refill();
        }

        uint entry = _codeLengths[_bits & ((1 << CodeLengthBits) - 1)];
        if ((entry & HuffmanTable.Exceptional) != 0)
        {
            throw Damaged(_from, _bitCount);
        }

        Take((int)(entry & 63));
        uint symbol = entry >> 16;
        if (symbol < 16)
        {
            all[at] = (byte)symbol;
            return 1;
        }

        if (symbol == 16 && at == 0)
        {
            throw Damaged(_from, _bitCount);
        }

        (byte value, int count) = symbol switch
        {
            16 => (all[at - 1], 3 + (int)Take(2)),
            17 => ((byte)0, 3 + (int)Take(3)),
            _ => ((byte)0, 11 + (int)Take(7)),
        };
        if (count > all.Length - at)
        {
            throw Damaged(_from, _bitCount);
        }

        all.Slice(at, count).Fill(value);
        return count;
    }

    private void Build(ReadOnlySpan<byte> literals, ReadOnlySpan<byte> distances)
    {
        HuffmanTable.Build(literals, DeflateSymbols.Literals, LiteralBits, _literals);
        HuffmanTable.Build(distances, DeflateSymbols.Distances, DistanceBits, _distances);
    }

    private byte* DecodeCodes(byte* window, byte* to, byte* limit)
    {
        input.Ensure(4 * ReadAhead);
        byte* from = input.Next;
        byte* readLimit = input.End + (input.AtEnd ? CompressedInput.Padding : 0) - ReadAhead;
        ulong bits = _bits;
        int count = _bitCount;
        fixed (uint* literals = _literals)
        fixed (uint* distances = _distances)
        {
            // Each round begins with at least 56 bits and with the table's entry for the first of them.
            bits |= *(ulong*)from << count;
            from += (63 - count) >> 3;
            count |= 56;
            uint entry = literals[bits & LiteralMask];
            while (to < limit && from <= readLimit)
            {
                if ((int)entry < 0)
                {
                    bits >>= (int)entry;
                    count -= (byte)entry;
                    uint first = entry >> 16;
                    entry = literals[bits & LiteralMask];
                    *to++ = (byte)first;
                    if ((int)entry < 0)
                    {
                        bits >>= (int)entry;
                        count -= (byte)entry;
                        uint second = entry >> 16;
                        entry = literals[bits & LiteralMask];
                        *to++ = (byte)second;
                        if ((int)entry < 0)
                        {
                            // Three take at most 33 bits.
                            bits >>= (int)entry;
                            count -= (byte)entry;
                            uint third = entry >> 16;
                            bits |= *(ulong*)from << count;
                            from += (63 - count) >> 3;
                            count |= 56;
                            entry = literals[bits & LiteralMask];
                            *to++ = (byte)third;
                            continue;
                        }
                    }
                }

                if ((entry & HuffmanTable.Exceptional) != 0)
                {
                    if ((entry & HuffmanTable.SecondTable) != 0)
                    {
                        bits >>= LiteralBits;
                        count -= LiteralBits;
                        entry = literals[(entry >> 16) + (bits & Mask(entry >> 8))];
                        if ((int)entry < 0)
                        {
                            bits >>= (int)entry;
                            count -= (byte)entry;
                            *to++ = (byte)(entry >> 16);
                            bits |= *(ulong*)from << count;
                            from += (63 - count) >> 3;
                            count |= 56;
                            entry = literals[bits & LiteralMask];
                            continue;
                        }
                    }

                    if ((entry & HuffmanTable.Exceptional) != 0)
                    {
                        if ((entry & HuffmanTable.EndOfBlock) == 0)
                        {
                            throw Damaged(from, count);
                        }

                        bits >>= (int)entry;
                        count -= (byte)entry;
                        _stage = Stage.BlockHeader;
                        break;
                    }
                }

                ulong length = (entry >> 16) + ((bits & Mask(entry)) >> (int)(entry >> 8));
                bits >>= (int)entry;
                count -= (byte)entry;
                bits |= *(ulong*)from << count;
                from += (63 - count) >> 3;
                count |= 56;
                entry = distances[bits & DistanceMask];
                if ((entry & HuffmanTable.Exceptional) != 0)
                {
                    if ((entry & HuffmanTable.SecondTable) == 0)
                    {
                        throw Damaged(from, count);
                    }

                    bits >>= DistanceBits;
                    count -= DistanceBits;
                    entry = distances[(entry >> 16) + (bits & Mask(entry >> 8))];
                    if ((entry & HuffmanTable.Exceptional) != 0)
                    {
                        throw Damaged(from, count);
                    }
                }

                ulong distance = (entry >> 16) + ((bits & Mask(entry)) >> (int)(entry >> 8));
                bits >>= (int)entry;
                count -= (byte)entry;
                if (distance > (ulong)(to - window))
                {
                    throw Damaged(from, count);
                }

                bits |= *(ulong*)from << count;
                from += (63 - count) >> 3;
                count |= 56;
                entry = literals[bits & LiteralMask];
                to = CopyMatch(to, distance, length);
            }
        }

        // In the padding, or before a limit that lies in it, the stream is cut short: GiveBack finds out.
        _bits = bits;
        _bitCount = count;
        GiveBack(from);
        return to;
    }

    /// <summary>As many ones as the lowest six bits say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(uint bits) => (1UL << (int)bits) - 1;

    /// <summary>Repeats what lies so far back; may write up to a vector too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* CopyMatch(byte* to, ulong distance, ulong length)
    {
        byte* from = to - distance;
        byte* end = to + length;
        if (distance >= 16)
        {
            do
            {
                Vector128.Load(from).Store(to);
                from += 16;
                to += 16;
            }
            while (to < end);
        }
        else if (distance == 1)
        {
            Vector128<byte> value = Vector128.Create(*from);
            do
            {
                value.Store(to);
                to += 16;
            }
            while (to < end);
        }
        else
        {
            // Each step makes as many right bytes as the distance has, and what it writes behind them is written again.
            ulong step = Math.Min(distance, 8);
            do
            {
                *(ulong*)to = *(ulong*)from;
                from += step;
                to += step;
            }
            while (to < end);
        }

        return end;
    }

    /// <summary>The next bits of a block's header.</summary>
    private uint Take(int count)
    {
        if (_bitCount < count)
        {
            Refill();
        }

        uint value = (uint)(_bits & ((1UL << count) - 1));
        _bits >>= count;
        _bitCount -= count;
        return value;
    }

    private void Refill()
    {
        _bits |= *(ulong*)_from << _bitCount;
        _from += (63 - _bitCount) >> 3;
        _bitCount |= 56;
    }

    /// <summary>Puts the input where decoding goes on; at most seven bits before it are kept.</summary>
    private void GiveBack(byte* from)
    {
        byte* next = from - (_bitCount >> 3);

        // What stands above the count was read without being counted, and will be read again.
        _bitCount &= 7;
        _bits &= (1UL << _bitCount) - 1;
        input.MoveTo(next);
    }

    private void DropToByte()
    {
        _bits = 0;
        _bitCount = 0;
    }

    /// <summary>What is wrong; where it was found in the padding, the stream is cut short before.</summary>
    private Exception Damaged(byte* from, int count) => from - (count >> 3) > input.End
        ? new EndOfStreamException()
        : new InvalidDataException(DamagedData);
}
