using System.Collections.Generic;

namespace FastRun.Engine.Networks.Egress;

/// <summary>What a policy refused in one run.</summary>
/// <param name="Rules">The policy.</param>
/// <param name="Destinations">Where packets were to go, by address.</param>
/// <param name="Names">Names that were asked for and are not in the policy.</param>
/// <param name="IsPartial">Whether there were more than are told apart.</param>
public sealed record EgressRefusals(
    IReadOnlyList<string> Rules, IReadOnlyList<RefusedDestination> Destinations, IReadOnlyList<string> Names, bool IsPartial);
