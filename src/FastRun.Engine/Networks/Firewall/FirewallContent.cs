using System.Collections.Generic;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>What should be in the firewall.</summary>
/// <param name="Networks">The networks whose bridges are there.</param>
/// <param name="Endpoints">The containers that are in them.</param>
internal sealed record FirewallContent(IReadOnlyList<FirewallNetwork> Networks, IReadOnlyList<FirewallEndpoint> Endpoints)
{
    /// <summary>Nothing.</summary>
    internal static FirewallContent Empty { get; } = new([], []);
}
