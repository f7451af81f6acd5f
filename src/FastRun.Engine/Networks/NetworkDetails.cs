using System.Collections.Generic;

namespace FastRun.Engine.Networks;

/// <summary>A network and who is in it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Endpoints">The containers that are in it now.</param>
public sealed record NetworkDetails(Network Network, IReadOnlyList<NetworkEndpointSummary> Endpoints);
