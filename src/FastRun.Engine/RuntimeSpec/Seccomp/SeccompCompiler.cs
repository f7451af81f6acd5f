using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>
/// From a profile to a program. Numbers with the same fate become ranges, ranges a balanced tree: the kernel walks the
/// filter for every number when it is loaded, so its depth is what a launch pays for.
/// </summary>
internal sealed class SeccompCompiler
{
    private const int ENOSYS = 38;
    private const int MostConditions = 4096;

    private readonly BpfGraph _graph = new();
    private readonly SeccompProfile _profile;
    private readonly List<SeccompRule> _rules = [];
    private readonly BpfNode _default;

    private SeccompCompiler(SeccompProfile profile, SeccompHost host, CapabilitySet capabilities, KernelVersion kernel)
    {
        _profile = profile;
        _default = _graph.Return(profile.DefaultAction.Value);
        foreach (SeccompRule rule in profile.Rules)
        {
            if (rule.Applies(host.Name, capabilities, kernel))
            {
                _rules.Add(rule);
            }
        }
    }

    /// <summary>Compiles a profile for a container.</summary>
    /// <exception cref="EngineException">The program would be longer than the kernel takes.</exception>
    internal static byte[] Compile(
        SeccompProfile profile, SeccompHost host, CapabilitySet capabilities, KernelVersion kernel)
    {
        var compiler = new SeccompCompiler(profile, host, capabilities, kernel);
        return compiler._graph.Assemble(compiler.Root())
            ?? throw TooLarge($"its filter has more than {BpfGraph.MaximumInstructions} instructions");
    }

    private static EngineException TooLarge(string why) => EngineException.Invalid($"seccomp profile: too large: {why}");

    /// <summary>One tree of numbers for each architecture; x32 is a range of numbers of x86-64's.</summary>
    private BpfNode Root()
    {
        SortedDictionary<uint, SortedDictionary<uint, BpfNode>> trees = [];
        foreach (SyscallAbi abi in _profile.Abis)
        {
            if (!trees.TryGetValue(abi.AuditArchitecture, out SortedDictionary<uint, BpfNode>? segments))
            {
                trees.Add(abi.AuditArchitecture, segments = NewTree(abi));
            }

            AddAbi(abi, segments);
        }

        BpfNode root = Foreign;
        foreach ((uint architecture, SortedDictionary<uint, BpfNode> segments) in trees)
        {
            root = _graph.IfEqual(architecture, _graph.LoadNumber(_graph.Partition(ToArray(segments))), root);
        }

        return _graph.LoadArchitecture(root);
    }

    /// <summary>A call through an ABI that the profile does not name: libseccomp, too, ends what makes it.</summary>
    private BpfNode Foreign => _graph.Return(SeccompReturn.KillProcess);

    /// <summary>What a system call gets that is newer than the profile: libc falls back on ENOSYS, and fails on EPERM.</summary>
    private BpfNode Newer =>
        _profile.DefaultAction.IsPermissive ? _default : _graph.Return(SeccompReturn.Errno(ENOSYS));

    /// <summary>
    /// On x86-64 numbers from the x32 bit on are foreign until x32 is added; but -1 is no number: with it a tracer skips
    /// a call.
    /// </summary>
    private SortedDictionary<uint, BpfNode> NewTree(SyscallAbi abi)
    {
        SortedDictionary<uint, BpfNode> segments = new() { [0] = Foreign };
        if (abi.AuditArchitecture == SyscallAbi.X32.AuditArchitecture)
        {
            segments.Add(SyscallAbi.X32.NumberBase, Foreign);
            segments.Add(uint.MaxValue, Newer);
        }

        return segments;
    }

    private void AddAbi(SyscallAbi abi, SortedDictionary<uint, BpfNode> segments)
    {
        SortedDictionary<uint, List<SeccompRule>> ruled = RulesByNumber(abi, out uint? newest);
        segments[abi.NumberBase] = _default;
        if (newest is null)
        {
            return;
        }

        segments[newest.Value + 1] = Newer;
        foreach ((uint number, List<SeccompRule> rules) in ruled)
        {
            segments.TryAdd(number + 1, number < newest ? _default : Newer);
            segments[number] = Decide(abi, rules);
        }
    }

    /// <summary>
    /// The rules of each number that any names, and the newest such number. Numbers that the ABI has outside the common
    /// sequence are not newer than anything: they are there even if no rule names them.
    /// </summary>
    private SortedDictionary<uint, List<SeccompRule>> RulesByNumber(SyscallAbi abi, out uint? newest)
    {
        SortedDictionary<uint, List<SeccompRule>> ruled = [];
        foreach (uint number in abi.Numbers.Values)
        {
            if (number - abi.NumberBase >= abi.SequenceEnd)
            {
                ruled.TryAdd(number, []);
            }
        }

        newest = null;
        foreach (SeccompRule rule in _rules)
        {
            foreach (string name in rule.Names)
            {
                if (!abi.TryGetNumber(name, out uint number))
                {
                    continue;
                }

                if (number - abi.NumberBase < abi.SequenceEnd)
                {
                    newest = Math.Max(newest ?? number, number);
                }

                if (!ruled.TryGetValue(number, out List<SeccompRule>? rules))
                {
                    ruled.Add(number, rules = []);
                }

                // A rule that says what happens anyway says nothing (runc).
                if (rule.Action != _profile.DefaultAction)
                {
                    rules.Add(rule);
                }
            }
        }

        return ruled;
    }

    /// <summary>
    /// What happens to one system call: an unconditional rule outweighs all others, as in libseccomp; else the first whose
    /// conditions hold decides.
    /// </summary>
    private BpfNode Decide(SyscallAbi abi, List<SeccompRule> rules)
    {
        List<(ArgumentCondition[] Conditions, BpfNode Action)> cases = [];
        int conditions = 0;
        foreach (SeccompRule rule in rules)
        {
            BpfNode action = _graph.Return(rule.Action.Value);
            if (rule.Conditions.Count == 0)
            {
                return action;
            }

            foreach (ArgumentCondition[] alternative in Alternatives(rule, abi))
            {
                cases.Add((alternative, action));
                conditions += alternative.Length;
            }
        }

        if (conditions > MostConditions)
        {
            throw TooLarge($"one system call has more than {MostConditions} conditions");
        }

        if (cases.Count == 0)
        {
            return _default;
        }

        return IsOneArgument(cases) ? DecideByValue(abi, cases) : DecideInOrder(abi, cases);
    }

    private static ArgumentCondition[][] Alternatives(SeccompRule rule, SyscallAbi abi)
    {
        ArgumentCondition[] conditions = [.. rule.Conditions];
        int seen = 0;
        bool repeated = false;
        for (int i = 0; i < conditions.Length; i++)
        {
            repeated |= (seen >> conditions[i].Index & 1) != 0;
            seen |= 1 << conditions[i].Index;
            conditions[i] = abi.ArgumentBits == 32 ? conditions[i].Narrowed() : conditions[i];
        }

        if (!repeated)
        {
            return [conditions];
        }

        return Array.ConvertAll(conditions, condition => new[] { condition });
    }

    private static bool IsOneArgument(List<(ArgumentCondition[] Conditions, BpfNode Action)> cases)
    {
        foreach ((ArgumentCondition[] conditions, _) in cases)
        {
            if (conditions.Length != 1
                || conditions[0].Index != cases[0].Conditions[0].Index
                || conditions[0].Operator == ComparisonOperator.MaskedEqual)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>All conditions are comparisons of one argument: its values are ranges with a fate each.</summary>
    private BpfNode DecideByValue(SyscallAbi abi, List<(ArgumentCondition[] Conditions, BpfNode Action)> cases)
    {
        SortedSet<ulong> starts = [0];
        foreach ((ArgumentCondition[] conditions, _) in cases)
        {
            ulong value = conditions[0].Value;
            starts.Add(value);
            if (value != (abi.ArgumentBits == 32 ? uint.MaxValue : ulong.MaxValue))
            {
                starts.Add(value + 1);
            }
        }

        List<BpfSegment> segments = [];
        foreach (ulong start in starts)
        {
            int first = cases.FindIndex(candidate => candidate.Conditions[0].Matches(start));
            segments.Add(new BpfSegment(start, first < 0 ? _default : cases[first].Action));
        }

        return _graph.PartitionArgument(cases[0].Conditions[0].Index, abi.ArgumentBits, segments.ToArray());
    }

    private BpfNode DecideInOrder(SyscallAbi abi, List<(ArgumentCondition[] Conditions, BpfNode Action)> cases)
    {
        BpfNode otherwise = _default;
        for (int i = cases.Count - 1; i >= 0; i--)
        {
            BpfNode matched = cases[i].Action;
            for (int c = cases[i].Conditions.Length - 1; c >= 0; c--)
            {
                matched = Compare(abi, cases[i].Conditions[c], matched, otherwise);
            }

            otherwise = matched;
        }

        return otherwise;
    }

    private BpfNode Compare(SyscallAbi abi, ArgumentCondition condition, BpfNode yes, BpfNode no)
    {
        if (condition.Operator == ComparisonOperator.MaskedEqual)
        {
            return _graph.IfMaskedEqual(condition.Index, abi.ArgumentBits, condition.Value, condition.ValueTwo, yes, no);
        }

        ulong largest = abi.ArgumentBits == 32 ? uint.MaxValue : ulong.MaxValue;
        List<BpfSegment> segments = [new BpfSegment(0, condition.Matches(0) ? yes : no)];
        if (condition.Value > 0)
        {
            segments.Add(new BpfSegment(condition.Value, condition.Matches(condition.Value) ? yes : no));
        }

        if (condition.Value < largest)
        {
            segments.Add(new BpfSegment(condition.Value + 1, condition.Matches(condition.Value + 1) ? yes : no));
        }

        return _graph.PartitionArgument(condition.Index, abi.ArgumentBits, segments.ToArray());
    }

    private static BpfSegment[] ToArray(SortedDictionary<uint, BpfNode> segments)
    {
        var array = new BpfSegment[segments.Count];
        int i = 0;
        foreach ((uint start, BpfNode node) in segments)
        {
            array[i++] = new BpfSegment(start, node);
        }

        return array;
    }
}
