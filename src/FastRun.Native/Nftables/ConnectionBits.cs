namespace FastRun.Native.Nftables;

/// <summary>Bits of <see cref="ConnectionKey"/> (linux/netfilter/nf_conntrack_common.h).</summary>
public static class ConnectionBits
{
    /// <summary>State: it belongs to a connection that was answered, or is about one (established, related).</summary>
    public const uint Known = (1 << 1) | (1 << 2);

    /// <summary>State: it begins a connection.</summary>
    public const uint New = 1 << 3;

    /// <summary>Status: its destination was translated (IPS_DST_NAT).</summary>
    public const uint DestinationTranslated = 1 << 5;
}
