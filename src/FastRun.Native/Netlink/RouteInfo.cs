namespace FastRun.Native.Netlink;

/// <summary>A route of any table (RTM_GETROUTE).</summary>
/// <param name="Destination">The network that it leads to; all zeros with the prefix length 0 for everything.</param>
/// <param name="PrefixLength">How many bits of the destination are the network's.</param>
/// <param name="Gateway">Who forwards; null where the destination is on the interface's own network, and where there are several.</param>
/// <param name="Link">The interface's index; 0 for none or several.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Table">The table: 254 is the main one, 255 has the host's own addresses.</param>
/// <param name="Type">rtm_type: 1 is a way to somewhere, 6 and up are refusals.</param>
public readonly record struct RouteInfo(
    InternetAddress Destination,
    int PrefixLength,
    InternetAddress? Gateway,
    int Link,
    int Metric,
    int Table,
    int Type);
