using System;

namespace FastRun.Native.Compression;

/// <summary>The alphabets of DEFLATE (RFC 1951, 3.2.5 to 3.2.7), as <see cref="HuffmanTable"/> takes them.</summary>
internal static class DeflateSymbols
{
    internal const int LiteralCount = 288;
    internal const int DistanceCount = 32;
    internal const int CodeLengthCount = 19;

    private const int FirstLength = 257;
    private const int LastLength = 285;
    private const int LastDistance = 29;

    /// <summary>In which order a block gives the lengths of the code that its code lengths are in.</summary>
    internal static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    internal static uint[] Literals { get; } = MakeLiterals();

    internal static uint[] Distances { get; } = MakeDistances();

    internal static uint[] CodeLengths { get; } = MakeCodeLengths();

    /// <summary>The code lengths of a block with fixed codes.</summary>
    internal static void FixedLengths(Span<byte> literals, Span<byte> distances)
    {
        literals[..144].Fill(8);
        literals[144..256].Fill(9);
        literals[256..280].Fill(7);
        literals[280..LiteralCount].Fill(8);
        distances[..DistanceCount].Fill(5);
    }

    private static uint[] MakeLiterals()
    {
        uint[] symbols = new uint[LiteralCount];
        for (uint value = 0; value < 256; value++)
        {
            symbols[value] = HuffmanTable.Literal | (value << 16);
        }

        symbols[256] = HuffmanTable.Exceptional | HuffmanTable.EndOfBlock;
        uint length = 3;
        for (int symbol = FirstLength; symbol < LastLength; symbol++)
        {
            int extra = Math.Max(0, ((symbol - FirstLength) >> 2) - 1);
            symbols[symbol] = (length << 16) | (uint)extra;
            length += 1u << extra;
        }

        symbols[LastLength] = 258 << 16;
        symbols.AsSpan(LastLength + 1).Fill(HuffmanTable.Invalid);
        return symbols;
    }

    private static uint[] MakeDistances()
    {
        uint[] symbols = new uint[DistanceCount];
        uint distance = 1;
        for (int symbol = 0; symbol <= LastDistance; symbol++)
        {
            int extra = Math.Max(0, (symbol >> 1) - 1);
            symbols[symbol] = (distance << 16) | (uint)extra;
            distance += 1u << extra;
        }

        symbols.AsSpan(LastDistance + 1).Fill(HuffmanTable.Invalid);
        return symbols;
    }

    private static uint[] MakeCodeLengths()
    {
        uint[] symbols = new uint[CodeLengthCount];
        for (uint value = 0; value < CodeLengthCount; value++)
        {
            symbols[value] = value << 16;
        }

        return symbols;
    }
}
