using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Seccomp;

/// <summary>
/// The decisions of a seccomp filter as a graph without cycles, built from its leaves. Equal decisions are one node, so
/// whatever two system calls, or two ABIs, have in common is in the program once.
/// </summary>
public sealed partial class BpfGraph
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, int> _known = [];

    /// <summary>How many different decisions there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>The end: what the filter returns.</summary>
    public BpfNode Return(uint value) => Add(new Node(ClassicBpf.BPF_RET | ClassicBpf.BPF_K, value, -1, -1));

    /// <summary>Looks at the architecture next.</summary>
    public BpfNode LoadArchitecture(BpfNode next) => Load(ArchitectureOffset, next);

    /// <summary>Looks at the system call's number next.</summary>
    public BpfNode LoadNumber(BpfNode next) => Load(NumberOffset, next);

    /// <summary>Whether the value looked at equals <paramref name="value"/>.</summary>
    public BpfNode IfEqual(uint value, BpfNode yes, BpfNode no) => Branch(ClassicBpf.BPF_JEQ, value, yes, no);

    /// <summary>Whether the value looked at has any bit of <paramref name="mask"/>.</summary>
    private BpfNode IfAnyBit(uint mask, BpfNode yes, BpfNode no) => Branch(ClassicBpf.BPF_JSET, mask, yes, no);

    private BpfNode IfAtLeast(uint value, BpfNode yes, BpfNode no) => Branch(ClassicBpf.BPF_JGE, value, yes, no);

    private BpfNode Mask(uint mask, BpfNode next) =>
        mask == uint.MaxValue
            ? next
            : Add(new Node(ClassicBpf.BPF_ALU | ClassicBpf.BPF_AND | ClassicBpf.BPF_K, mask, next.Index, -1));

    private BpfNode Load(int offset, BpfNode next) =>
        Add(new Node(ClassicBpf.BPF_LD | ClassicBpf.BPF_W | ClassicBpf.BPF_ABS, (uint)offset, next.Index, -1));

    private BpfNode Branch(ushort test, uint k, BpfNode yes, BpfNode no) =>
        yes == no ? yes : Add(new Node((ushort)(ClassicBpf.BPF_JMP | test | ClassicBpf.BPF_K), k, yes.Index, no.Index));

    private BpfNode Add(Node node)
    {
        if (!_known.TryGetValue(node, out int index))
        {
            index = _nodes.Count;
            _nodes.Add(node);
            _known.Add(node, index);
        }

        return new BpfNode(index);
    }

    /// <param name="Code">The instruction.</param>
    /// <param name="K">Its operand.</param>
    /// <param name="Next">Where it leads, or where a test leads that holds; -1 for a return.</param>
    /// <param name="Otherwise">Where a test leads that does not hold; -1 for what is no test.</param>
    private readonly record struct Node(ushort Code, uint K, int Next, int Otherwise)
    {
        internal bool IsReturn => Next < 0;

        internal bool IsTest => Otherwise >= 0;
    }
}
