using System.Collections.Generic;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Seccomp;

/// <summary>From the graph to instructions.</summary>
public sealed partial class BpfGraph
{
    /// <summary>The kernel takes no longer program.</summary>
    public const int MaximumInstructions = ClassicBpf.BPF_MAXINSNS;

    private const int LongestBranch = byte.MaxValue;

    /// <summary>
    /// The program that starts at <paramref name="root"/>, eight bytes per instruction, or null if it would be longer than the
    /// kernel takes.
    /// </summary>
    /// <remarks>
    /// Jumps only go forward, so the program is written from its end: a node's targets, which have lower indices, are placed
    /// before it is. A test reaches 255 instructions far; where that is too short, a jump of any length (or one more copy of a
    /// return) is put in its way.
    /// </remarks>
    public byte[]? Assemble(BpfNode root)
    {
        bool[] reachable = Reachable(root);
        int[] place = new int[_nodes.Count];
        List<sock_filter> reversed = [];
        for (int i = 0; i <= root.Index && reversed.Count <= MaximumInstructions; i++)
        {
            if (reachable[i])
            {
                Place(i, place, reversed);
            }
        }

        if (reversed.Count > MaximumInstructions)
        {
            return null;
        }

        reversed.Reverse();
        return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(reversed)).ToArray();
    }

    private bool[] Reachable(BpfNode root)
    {
        bool[] reachable = new bool[_nodes.Count];
        reachable[root.Index] = true;
        for (int i = root.Index; i >= 0; i--)
        {
            if (reachable[i] && !_nodes[i].IsReturn)
            {
                reachable[_nodes[i].Next] = true;
                reachable[_nodes[i].IsTest ? _nodes[i].Otherwise : _nodes[i].Next] = true;
            }
        }

        return reachable;
    }

    private void Place(int index, int[] place, List<sock_filter> reversed)
    {
        Node node = _nodes[index];
        byte yes = 0;
        byte no = 0;
        if (node.IsTest)
        {
            // Bringing one nearer moves the other away by one: look again until both are in reach.
            while (Bring(node.Next, LongestBranch, place, reversed) | Bring(node.Otherwise, LongestBranch, place, reversed))
            {
            }

            yes = (byte)Distance(node.Next, place, reversed);
            no = (byte)Distance(node.Otherwise, place, reversed);
        }
        else if (!node.IsReturn)
        {
            Bring(node.Next, 0, place, reversed);
        }

        reversed.Add(new sock_filter(node.Code, yes, no, node.K));
        place[index] = reversed.Count - 1;
    }

    /// <summary>Makes a target reachable from the next instruction written; says whether that took an instruction.</summary>
    private bool Bring(int target, int reach, int[] place, List<sock_filter> reversed)
    {
        int distance = Distance(target, place, reversed);
        if (distance <= reach)
        {
            return false;
        }

        Node node = _nodes[target];
        reversed.Add(node.IsReturn
            ? new sock_filter(node.Code, 0, 0, node.K)
            : new sock_filter(ClassicBpf.BPF_JMP | ClassicBpf.BPF_JA, 0, 0, (uint)distance));
        place[target] = reversed.Count - 1;
        return true;
    }

    private static int Distance(int target, int[] place, List<sock_filter> reversed) => reversed.Count - 1 - place[target];
}
