using System;
using System.Collections.Generic;

namespace FastRun.Native.Seccomp;

/// <summary>Deciding by an argument: 64 bits, of which a filter sees 32 at a time.</summary>
public sealed partial class BpfGraph
{
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int ArgumentsOffset = 16;

    /// <summary>Decides by the whole value of an argument.</summary>
    /// <param name="index">Which argument, from 0.</param>
    /// <param name="bits">32 where the upper half is always zero, else 64.</param>
    /// <param name="segments">By start, the first at 0.</param>
    public BpfNode PartitionArgument(int index, int bits, ReadOnlySpan<BpfSegment> segments)
    {
        List<BpfSegment> merged = Merge(segments);
        if (merged.Count == 1)
        {
            return merged[0].Target;
        }

        if (bits == 32)
        {
            return LoadLow(index, Partition(Within(merged, 0).ToArray()));
        }

        // Upper halves that a boundary falls into decide by the lower half; between them the lower half does not matter.
        List<BpfSegment> upper = [];
        for (int i = 0; i < merged.Count; i++)
        {
            uint high = (uint)(merged[i].Start >> 32);
            if (i > 0 && (uint)(merged[i - 1].Start >> 32) == high)
            {
                continue;
            }

            BpfSegment[] lower = Within(merged, high).ToArray();
            upper.Add(new BpfSegment(high, LoadLow(index, Partition(lower))));
            if (lower.Length > 1 && high != uint.MaxValue)
            {
                upper.Add(new BpfSegment(high + 1UL, lower[^1].Target));
            }
        }

        return LoadHigh(index, Partition(WithoutShadowed(upper).ToArray()));
    }

    /// <summary>Whether an argument, masked, equals a value.</summary>
    public BpfNode IfMaskedEqual(int index, int bits, ulong mask, ulong value, BpfNode yes, BpfNode no)
    {
        if ((value & ~mask) != 0)
        {
            return no;
        }

        BpfNode node = LoadLow(index, IfMaskedHalf((uint)mask, (uint)value, yes, no), (uint)mask != 0, yes);
        return bits == 32
            ? node
            : LoadHigh(index, IfMaskedHalf((uint)(mask >> 32), (uint)(value >> 32), node, no), mask >> 32 != 0, node);
    }

    private BpfNode IfMaskedHalf(uint mask, uint value, BpfNode yes, BpfNode no) =>
        value == 0 && mask != uint.MaxValue ? IfAnyBit(mask, no, yes) : Mask(mask, IfEqual(value, yes, no));

    private BpfNode LoadLow(int index, BpfNode next, bool matters, BpfNode otherwise) =>
        matters ? LoadLow(index, next) : otherwise;

    private BpfNode LoadHigh(int index, BpfNode next, bool matters, BpfNode otherwise) =>
        matters ? LoadHigh(index, next) : otherwise;

    // Little endian, as both architectures are.
    private BpfNode LoadLow(int index, BpfNode next) => LoadHalf(ArgumentsOffset + 8 * index, next);

    private BpfNode LoadHigh(int index, BpfNode next) => LoadHalf(ArgumentsOffset + 8 * index + 4, next);

    private BpfNode LoadHalf(int offset, BpfNode next) => _nodes[next.Index].IsReturn ? next : Load(offset, next);

    /// <summary>The lower halves of the segments that lie in one upper half.</summary>
    private static List<BpfSegment> Within(List<BpfSegment> segments, uint high)
    {
        ulong first = (ulong)high << 32;
        List<BpfSegment> lower = [];
        foreach (BpfSegment segment in segments)
        {
            if (segment.Start <= first)
            {
                lower.Clear();
                lower.Add(new BpfSegment(0, segment.Target));
            }
            else if (segment.Start >> 32 == high)
            {
                lower.Add(segment with { Start = (uint)segment.Start });
            }
        }

        return lower;
    }

    /// <summary>Of two segments with one start, the later stands.</summary>
    private static List<BpfSegment> WithoutShadowed(List<BpfSegment> segments)
    {
        List<BpfSegment> kept = [];
        foreach (BpfSegment segment in segments)
        {
            if (kept.Count > 0 && kept[^1].Start == segment.Start)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            kept.Add(segment);
        }

        return kept;
    }
}
