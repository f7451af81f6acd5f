namespace FastRun.Native.Netlink;

/// <summary>MACVLAN_MODE_* of linux/if_link.h.</summary>
public enum MacvlanMode
{
    /// <summary>No packets between interfaces of the same parent.</summary>
    Private = 1,

    /// <summary>Packets between them go out, and come back if the switch sends them.</summary>
    Vepa = 2,

    /// <summary>Packets between them go straight.</summary>
    Bridge = 4,

    /// <summary>The parent's only one.</summary>
    PassThrough = 8,
}
