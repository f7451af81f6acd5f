using System;
using System.Collections.Generic;

namespace FastRun.Native.Seccomp;

/// <summary>Deciding by ranges of values: a balanced tree of comparisons.</summary>
public sealed partial class BpfGraph
{
    /// <summary>How many single values are tested one after the other before a further comparison divides them.</summary>
    private const int IslandsPerLeaf = 3;

    /// <summary>Decides by the 32-bit value looked at.</summary>
    /// <param name="segments">By start, the first at 0.</param>
    public BpfNode Partition(ReadOnlySpan<BpfSegment> segments)
    {
        List<BpfSegment> merged = Merge(segments);
        List<Leaf> leaves = Divide(merged);
        return Tree(leaves, 0, leaves.Count);
    }

    private static List<BpfSegment> Merge(ReadOnlySpan<BpfSegment> segments)
    {
        if (segments.IsEmpty || segments[0].Start != 0)
        {
            throw new ArgumentException("the first segment starts at 0", nameof(segments));
        }

        List<BpfSegment> merged = [];
        foreach (BpfSegment segment in segments)
        {
            if (merged.Count == 0 || merged[^1].Target != segment.Target)
            {
                merged.Add(segment);
            }
        }

        return merged;
    }

    /// <summary>
    /// Cuts the segments into leaves so that the tree has the fewest instructions. A leaf is one segment, or a segment with
    /// single values cut out of it: those cost one test for equality each, where two boundaries would cost two comparisons.
    /// </summary>
    private List<Leaf> Divide(List<BpfSegment> segments)
    {
        int count = segments.Count;
        int[] cost = new int[count + 1];
        int[] islands = new int[count];
        for (int i = count - 1; i >= 0; i--)
        {
            cost[i] = 1 + cost[i + 1];
            for (int n = 1; n <= IslandsPerLeaf && IsIsland(segments, i, n); n++)
            {
                int with = n + 1 + cost[i + 2 * n + 1];
                if (with < cost[i])
                {
                    cost[i] = with;
                    islands[i] = n;
                }
            }
        }

        List<Leaf> leaves = [];
        for (int i = 0; i < count; i += 2 * islands[i] + 1)
        {
            BpfNode node = segments[i].Target;
            for (int n = islands[i]; n > 0; n--)
            {
                BpfSegment island = segments[i + 2 * n - 1];
                node = IfEqual((uint)island.Start, island.Target, node);
            }

            leaves.Add(new Leaf((uint)segments[i].Start, node));
        }

        return leaves;
    }

    /// <summary>Whether the nth segment pair after <paramref name="first"/> is one value, then what the first leads to again.</summary>
    private static bool IsIsland(List<BpfSegment> segments, int first, int n)
    {
        int island = first + 2 * n - 1;
        return island + 1 < segments.Count
            && segments[island + 1].Start - segments[island].Start == 1
            && segments[island + 1].Target == segments[first].Target;
    }

    private BpfNode Tree(List<Leaf> leaves, int start, int end)
    {
        if (end - start == 1)
        {
            return leaves[start].Node;
        }

        int middle = (start + end) / 2;
        BpfNode below = Tree(leaves, start, middle);
        BpfNode above = Tree(leaves, middle, end);
        return IfAtLeast(leaves[middle].Start, above, below);
    }

    private readonly record struct Leaf(uint Start, BpfNode Node);
}
