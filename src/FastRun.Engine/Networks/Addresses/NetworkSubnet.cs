using System.Collections.Generic;

namespace FastRun.Engine.Networks.Addresses;

/// <summary>The addresses of a network in one family (Engine API, IPAMConfig), as text so that its record is what was asked for.</summary>
public sealed record NetworkSubnet
{
    /// <summary>The block, <c>ADDRESS/LENGTH</c>; empty until it is chosen.</summary>
    public string Subnet { get; init; } = "";

    /// <summary>The bridge's own address; empty for the first one.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The part of the block that containers get addresses from; empty for all.</summary>
    public string IPRange { get; init; } = "";

    /// <summary>Addresses that others have, by name.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();
}
