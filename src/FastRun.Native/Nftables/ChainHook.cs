namespace FastRun.Native.Nftables;

/// <summary>Where a base chain sees packets (nft(8), "chains").</summary>
/// <param name="Type"><c>filter</c> or <c>nat</c>.</param>
/// <param name="Point">The hook.</param>
/// <param name="Priority">Its place among all chains of the hook: lower ones come first.</param>
/// <param name="Drops">Its policy: what no rule decides is dropped instead of accepted.</param>
public readonly record struct ChainHook(string Type, HookPoint Point, int Priority, bool Drops = false)
{
    /// <summary>The priority of filters.</summary>
    public const int Filter = 0;

    /// <summary>The priority of what comes before connection tracking.</summary>
    public const int Raw = -300;

    /// <summary>The priority of what changes packets that are being tracked.</summary>
    public const int Mangle = -150;

    /// <summary>The priority of destination NAT.</summary>
    public const int DestinationNat = -100;

    /// <summary>The priority of source NAT.</summary>
    public const int SourceNat = 100;

    /// <summary>The priority of destination NAT in the bridge family: before anything else looks at a frame.</summary>
    public const int BridgeDestinationNat = -300;
}
