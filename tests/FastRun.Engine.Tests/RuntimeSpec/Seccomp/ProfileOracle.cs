using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>What a profile says about one system call, evaluated rule by rule: no ranges, no trees, nothing shared.</summary>
internal sealed class ProfileOracle(
    SeccompProfile profile, SeccompHost host, CapabilitySet capabilities, KernelVersion kernel)
{
    private const uint X32Bit = 0x40000000;
    private const uint Enosys = 0x00050026;
    private const uint KillProcess = 0x80000000;

    private readonly List<SeccompRule> _rules = [.. profile.Rules.Where(rule => InForce(rule, host, capabilities, kernel))];
    private readonly Dictionary<SyscallAbi, ILookup<uint, string>> _names = profile.Abis.ToDictionary(
        abi => abi, abi => abi.Numbers.ToLookup(pair => pair.Value, pair => pair.Key));

    private readonly Dictionary<SyscallAbi, long> _newest = [];

    internal uint Evaluate(uint nr, uint arch, ulong[] args)
    {
        bool isX86 = arch == 0xc000003e;
        if (host == SeccompHost.X64 && isX86 && nr == uint.MaxValue && !profile.Abis.Contains(SyscallAbi.X32))
        {
            return profile.DefaultAction.IsPermissive ? profile.DefaultAction.Value : Enosys;
        }

        SyscallAbi? abi = profile.Abis.FirstOrDefault(candidate =>
            candidate.AuditArchitecture == arch && (!isX86 || (candidate == SyscallAbi.X32) == ((nr & X32Bit) != 0 || nr >= X32Bit)));
        if (abi is null)
        {
            return KillProcess;
        }

        string[] names = [.. _names[abi][nr]];
        List<SeccompRule> rules =
            [.. _rules.Where(rule => rule.Names.Any(names.Contains) && rule.Action != profile.DefaultAction)];
        SeccompRule? unconditional = rules.FirstOrDefault(rule => rule.Conditions.Count == 0);
        SeccompRule? first = unconditional ?? rules.FirstOrDefault(rule => Holds(rule, args, abi));
        if (first is not null)
        {
            return first.Action.Value;
        }

        if (!_newest.TryGetValue(abi, out long newest))
        {
            _newest.Add(abi, newest = Newest(abi));
        }

        bool own = names.Length > 0 && nr - abi.NumberBase >= abi.SequenceEnd;
        return nr > newest && newest >= 0 && !own && !profile.DefaultAction.IsPermissive
            ? Enosys
            : profile.DefaultAction.Value;
    }

    private long Newest(SyscallAbi abi) => _rules
        .SelectMany(rule => rule.Names)
        .Select(name => abi.Numbers.TryGetValue(name, out uint number) ? (long)number : -1)
        .Where(number => number - abi.NumberBase < abi.SequenceEnd)
        .DefaultIfEmpty(-1)
        .Max();

    private static bool InForce(SeccompRule rule, SeccompHost host, CapabilitySet capabilities, KernelVersion kernel)
    {
        bool included = rule.Includes.Capabilities.Members().All(capabilities.Contains)
            && (rule.Includes.Architectures is not { } arches || arches.Contains(host.Name))
            && (rule.Includes.MinKernel is not { } oldest || kernel >= oldest);
        bool excluded = rule.Excludes.Capabilities.Members().Any(capabilities.Contains)
            || (rule.Excludes.Architectures is { } others && others.Contains(host.Name))
            || (rule.Excludes.MinKernel is { } since && kernel >= since);
        return included && !excluded;
    }

    private static bool Holds(SeccompRule rule, ulong[] args, SyscallAbi abi)
    {
        bool repeated = rule.Conditions.Select(condition => condition.Index).Distinct().Count() < rule.Conditions.Count;
        return repeated
            ? rule.Conditions.Any(condition => Holds(condition, args, abi))
            : rule.Conditions.All(condition => Holds(condition, args, abi));
    }

    private static bool Holds(ArgumentCondition condition, ulong[] args, SyscallAbi abi)
    {
        ulong width = abi == SyscallAbi.I386 || abi == SyscallAbi.Arm ? uint.MaxValue : ulong.MaxValue;
        ulong argument = args[condition.Index] & width;
        ulong value = condition.Value & width;
        ulong second = condition.ValueTwo & width;
        return condition.Operator switch
        {
            ComparisonOperator.NotEqual => argument != value,
            ComparisonOperator.Less => argument < value,
            ComparisonOperator.LessOrEqual => argument <= value,
            ComparisonOperator.Equal => argument == value,
            ComparisonOperator.GreaterOrEqual => argument >= value,
            ComparisonOperator.Greater => argument > value,
            ComparisonOperator.MaskedEqual => (argument & value) == second,
            _ => throw new InvalidOperationException(),
        };
    }
}
