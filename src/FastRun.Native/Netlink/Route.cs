namespace FastRun.Native.Netlink;

/// <summary>A route of the main table.</summary>
public readonly record struct Route
{
    /// <summary>The network that it leads to; null for all addresses of the gateway's family.</summary>
    public InternetAddress? Destination { get; init; }

    /// <summary>How many bits of the destination are the network's.</summary>
    public int PrefixLength { get; init; }

    /// <summary>Who forwards; null where the destination is on the interface's own network.</summary>
    public InternetAddress? Gateway { get; init; }

    /// <summary>The interface's index; 0 lets the kernel find the gateway's.</summary>
    public int Link { get; init; }

    /// <summary>The address that packets leave with, unless the sender chose one.</summary>
    public InternetAddress? Source { get; init; }

    /// <summary>Of several routes to one destination the lowest counts. 0 for the kernel's default.</summary>
    public int Metric { get; init; }

    /// <summary>The route to everything by way of this gateway.</summary>
    public static Route Default(InternetAddress gateway, int link = 0, int metric = 0) =>
        new() { Gateway = gateway, Link = link, Metric = metric };
}
