namespace FastRun.Native.Netlink;

/// <summary>What every kind of interface has when it is made.</summary>
/// <param name="Name">Its name: at most 15 bytes, without slash, colon and blank.</param>
public readonly record struct NewLink(string Name)
{
    /// <summary>Its hardware address; null lets the kernel choose at random.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>Its largest packet in bytes; 0 for what the kind has by default.</summary>
    public int Mtu { get; init; }

    /// <summary>The index of the bridge that it becomes a port of; 0 for none. Not of a veth's peer.</summary>
    public int Master { get; init; }

    /// <summary>The group that it is in: a number that others know it by, 0 for the default one. Not of a veth's peer.</summary>
    public uint Group { get; init; }

    /// <summary>The namespace that it is made in; null for the requesting socket's.</summary>
    public Fd? NetworkNamespace { get; init; }

    /// <summary>Whether it is up from the beginning.</summary>
    public bool Up { get; init; }

    /// <summary>How many transmit and receive queues it has; 0 for what the kind has by default (of a veth one for each processor).</summary>
    public int Queues { get; init; }
}
