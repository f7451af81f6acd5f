using System;
using System.Collections.Generic;
using System.Numerics;

namespace FastRun.Native.Capabilities;

/// <summary>A set of capabilities, one bit each, as the kernel keeps it (<c>CapEff</c> of proc_pid_status(5)).</summary>
/// <param name="Mask">Bit n is the capability n.</param>
public readonly record struct CapabilitySet(ulong Mask)
{
    /// <summary>No capability.</summary>
    public static CapabilitySet Empty => default;

    /// <summary>All capabilities that this release knows by name.</summary>
    public static CapabilitySet Known => new((1UL << CapabilityNames.Count) - 1);

    /// <summary>What this process holds and can hand on: its permitted set.</summary>
    public static CapabilitySet OfThisProcess() => ProcessCapabilities.Permitted();

    /// <summary>The capabilities of both.</summary>
    public static CapabilitySet operator &(CapabilitySet left, CapabilitySet right) => new(left.Mask & right.Mask);

    /// <summary>The capabilities of either.</summary>
    public static CapabilitySet operator |(CapabilitySet left, CapabilitySet right) => new(left.Mask | right.Mask);

    /// <summary>The named alternate of the operator.</summary>
    public static CapabilitySet BitwiseAnd(CapabilitySet left, CapabilitySet right) => left & right;

    /// <summary>The named alternate of the operator.</summary>
    public static CapabilitySet BitwiseOr(CapabilitySet left, CapabilitySet right) => left | right;

    /// <summary>A set of the capabilities given.</summary>
    public static CapabilitySet Of(params ReadOnlySpan<Capability> capabilities)
    {
        ulong mask = 0;
        foreach (Capability capability in capabilities)
        {
            mask |= Bit(capability);
        }

        return new CapabilitySet(mask);
    }

    /// <summary>Whether the capability is in the set.</summary>
    public bool Contains(Capability capability) => (Mask & Bit(capability)) != 0;

    /// <summary>The set and one more.</summary>
    public CapabilitySet With(Capability capability) => new(Mask | Bit(capability));

    /// <summary>The set without one.</summary>
    public CapabilitySet Without(Capability capability) => new(Mask & ~Bit(capability));

    /// <summary>What is in this set and not in the other.</summary>
    public CapabilitySet Except(CapabilitySet other) => new(Mask & ~other.Mask);

    /// <summary>The capabilities in the kernel's order.</summary>
    public IEnumerable<Capability> Members()
    {
        for (ulong rest = Mask; rest != 0; rest &= rest - 1)
        {
            yield return (Capability)BitOperations.TrailingZeroCount(rest);
        }
    }

    /// <summary>The names, separated by spaces.</summary>
    public override string ToString()
    {
        List<string> names = [];
        foreach (Capability capability in Members())
        {
            names.Add(capability.Name());
        }

        return string.Join(' ', names);
    }

    private static ulong Bit(Capability capability)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)capability, 63u, nameof(capability));
        return 1UL << (int)capability;
    }
}
