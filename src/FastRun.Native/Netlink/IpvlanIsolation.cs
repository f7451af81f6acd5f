namespace FastRun.Native.Netlink;

/// <summary>How interfaces of one ipvlan parent reach each other: IPVLAN_F_* of linux/if_link.h.</summary>
public enum IpvlanIsolation
{
    /// <summary>Straight.</summary>
    Bridge = 0,

    /// <summary>Not at all.</summary>
    Private = 1,

    /// <summary>By way of the switch outside.</summary>
    Vepa = 2,
}
