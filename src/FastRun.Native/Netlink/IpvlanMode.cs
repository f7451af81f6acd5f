namespace FastRun.Native.Netlink;

/// <summary>IPVLAN_MODE_* of linux/if_link.h.</summary>
public enum IpvlanMode
{
    /// <summary>A switch: broadcast and multicast work.</summary>
    L2 = 0,

    /// <summary>A router: the parent's namespace routes, no ARP.</summary>
    L3 = 1,

    /// <summary>As <see cref="L3"/>, with the parent's netfilter rules on the way in and out.</summary>
    L3S = 2,
}
