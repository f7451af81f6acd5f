using System.Collections.Generic;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>What should be in the firewall.</summary>
/// <param name="Networks">The networks whose bridges are there.</param>
/// <param name="Endpoints">The containers that are in them.</param>
internal sealed record FirewallContent(IReadOnlyList<FirewallNetwork> Networks, IReadOnlyList<FirewallEndpoint> Endpoints)
{
    /// <summary>The containers that may not send anywhere.</summary>
    internal IReadOnlyList<ConfinedEndpoint> Confined { get; init; } = [];

    /// <summary>Nothing.</summary>
    internal static FirewallContent Empty { get; } = new([], []);
}
