namespace FastRun.Native.Nftables;

/// <summary>What connection tracking knows of a packet (<c>enum nft_ct_keys</c>); four bytes each, in the host's order.</summary>
public enum ConnectionKey
{
    /// <summary>Bits of <see cref="ConnectionBits"/>.</summary>
    State = 0,

    /// <summary>Bits of <see cref="ConnectionBits"/>.</summary>
    Status = 2,

    /// <summary>A number that rules give to the connection.</summary>
    Mark = 3,
}
