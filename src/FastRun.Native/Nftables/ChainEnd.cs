using System;
using System.Collections.Generic;

namespace FastRun.Native.Nftables;

/// <summary>What becomes of a packet of which no rule with a condition decides anything.</summary>
public enum ChainEnd
{
    /// <summary>The chain decides nothing: it goes on behind the jump, or the policy holds.</summary>
    Continues,

    /// <summary>A rule without a condition accepts it.</summary>
    Accepts,

    /// <summary>A rule without a condition drops or rejects it.</summary>
    Drops,
}

/// <summary>The last word of a rule that has no condition.</summary>
/// <param name="End">What it decides.</param>
/// <param name="Target">The chain that it leads to; null for none.</param>
/// <param name="ComesBack">Whether what that decides nothing of goes on behind this rule.</param>
internal readonly record struct UnconditionalRule(ChainEnd End, string? Target = null, bool ComesBack = false)
{
    /// <summary>Jumps are followed so deep: the kernel's own limit (NFT_JUMP_STACK_SIZE).</summary>
    private const int Deepest = 16;

    /// <summary>What a chain of such rules decides.</summary>
    /// <param name="rulesOf">The rules of a chain, in order.</param>
    /// <param name="chain">The chain.</param>
    internal static ChainEnd Follow(Func<string, IReadOnlyList<UnconditionalRule>> rulesOf, string chain) => Follow(rulesOf, chain, depth: 0);

    private static ChainEnd Follow(Func<string, IReadOnlyList<UnconditionalRule>> rulesOf, string chain, int depth)
    {
        foreach (UnconditionalRule rule in depth > Deepest ? [] : rulesOf(chain))
        {
            ChainEnd end = rule.Target is { } target ? Follow(rulesOf, target, depth + 1) : rule.End;
            if (end != ChainEnd.Continues || !rule.ComesBack)
            {
                return end;
            }
        }

        return ChainEnd.Continues;
    }
}
