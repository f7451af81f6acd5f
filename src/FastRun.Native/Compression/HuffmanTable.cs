using System;
using System.IO;

namespace FastRun.Native.Compression;

/// <summary>
/// Lookup tables for the Huffman codes of DEFLATE (RFC 1951, 3.2.2): a main table that is indexed by the next bits of the
/// input, and behind it a second table for each prefix of codes that are longer than that.
/// </summary>
internal static class HuffmanTable
{
    /// <summary>No code is longer.</summary>
    internal const int MaxCodeBits = 15;

    /// <summary>An entry that no valid input reaches. Consumes nothing, has no other flag than <see cref="Exceptional"/>.</summary>
    internal const uint Invalid = Exceptional;

    /// <summary>The entry is a literal, in bits 16 to 23.</summary>
    internal const uint Literal = 0x8000_0000;

    /// <summary>The entry is no symbol with a value: a second table, the end of a block, or <see cref="Invalid"/>.</summary>
    internal const uint Exceptional = 0x8000;

    /// <summary>The entry leads to a second table: its place from bit 16 on, its index bits in bits 8 to 11.</summary>
    internal const uint SecondTable = 0x4000;

    /// <summary>The entry ends the block.</summary>
    internal const uint EndOfBlock = 0x2000;

    /// <summary>
    /// Fills a table. Bits 0 to 5 of an entry are how many bits of input it takes, bits 8 to 11 how many of them belong to the
    /// code; the rest are extra bits.
    /// </summary>
    /// <param name="lengths">The length in bits of each symbol's code; 0 for those without one.</param>
    /// <param name="symbols">What the entry of each symbol is made of: flags, value, number of extra bits.</param>
    /// <param name="mainBits">How many bits index the main table.</param>
    /// <param name="table">What is filled.</param>
    /// <exception cref="InvalidDataException">There are more codes than bits for them, or fewer (but for a single code).</exception>
    internal static void Build(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> symbols, int mainBits, Span<uint> table)
    {
        Span<int> count = stackalloc int[MaxCodeBits + 1];
        count.Clear();
        foreach (byte length in lengths)
        {
            count[length]++;
        }

        int longest = MaxCodeBits;
        while (longest > 0 && count[longest] == 0)
        {
            longest--;
        }

        count[0] = 0;
        CheckComplete(count, longest);

        // The symbols in the order of their codes: shorter ones first.
        Span<int> next = stackalloc int[MaxCodeBits + 2];
        next[1] = 0;
        for (int bits = 1; bits <= MaxCodeBits; bits++)
        {
            next[bits + 1] = next[bits] + count[bits];
        }

        Span<short> sorted = stackalloc short[lengths.Length];
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                sorted[next[lengths[symbol]]++] = (short)symbol;
            }
        }

        Fill(count, longest, sorted, symbols, mainBits, table);
    }

    private static void CheckComplete(ReadOnlySpan<int> count, int longest)
    {
        int left = 1;
        for (int bits = 1; bits <= MaxCodeBits; bits++)
        {
            left = (left << 1) - count[bits];
            if (left < 0)
            {
                throw new InvalidDataException("an over-subscribed Huffman code");
            }
        }

        // A single code has a bit to itself, and a block without matches no distance code at all.
        if (left > 0 && longest > 1)
        {
            throw new InvalidDataException("an incomplete Huffman code");
        }
    }

    private static void Fill(
        Span<int> count,
        int longest,
        ReadOnlySpan<short> sorted,
        ReadOnlySpan<uint> symbols,
        int mainBits,
        Span<uint> table)
    {
        int mainSize = 1 << mainBits;
        int code = 0;
        int index = 0;
        int size = 1;
        table[0] = Invalid;
        for (int bits = 1; bits <= mainBits; bits++)
        {
            // What is known by now repeats with each further bit.
            table[..size].CopyTo(table[size..]);
            size <<= 1;
            for (int left = count[bits]; left > 0; left--)
            {
                table[code] = Entry(symbols[sorted[index++]], bits);
                code = NextReversed(code, bits);
            }
        }

        int end = mainSize;
        int prefix = -1;
        int start = 0;
        int secondBits = 0;
        for (int bits = mainBits + 1; bits <= longest; bits++)
        {
            for (; count[bits] > 0; count[bits]--)
            {
                if ((code & (mainSize - 1)) != prefix)
                {
                    prefix = code & (mainSize - 1);
                    start = end;
                    secondBits = SecondBits(count, bits, mainBits, longest);
                    end += 1 << secondBits;
                    table[prefix] = Exceptional | SecondTable | ((uint)start << 16) | ((uint)secondBits << 8) | (uint)mainBits;
                }

                uint entry = Entry(symbols[sorted[index++]], bits - mainBits);
                for (int i = code >> mainBits; i < 1 << secondBits; i += 1 << (bits - mainBits))
                {
                    table[start + i] = entry;
                }

                code = NextReversed(code, bits);
            }
        }
    }

    /// <summary>How many bits index a second table: as few as hold all the codes that begin with one prefix.</summary>
    private static int SecondBits(ReadOnlySpan<int> count, int bits, int mainBits, int longest)
    {
        int index = bits - mainBits;
        int left = 1 << index;
        while (index + mainBits < longest)
        {
            left -= count[index + mainBits];
            if (left <= 0)
            {
                break;
            }

            index++;
            left <<= 1;
        }

        return index;
    }

    private static uint Entry(uint symbol, int codeBits) => symbol + ((uint)codeBits << 8) + (uint)codeBits;

    /// <summary>The code after this one, with its first bit lowest, as the input has it.</summary>
    private static int NextReversed(int code, int bits)
    {
        int bit = 1 << (bits - 1);
        while ((code & bit) != 0)
        {
            code ^= bit;
            bit >>= 1;
        }

        return code | bit;
    }
}
