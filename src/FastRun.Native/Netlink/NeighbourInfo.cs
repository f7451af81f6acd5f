namespace FastRun.Native.Netlink;

/// <summary>A neighbour, or an entry of a bridge's forwarding table (RTM_GETNEIGH).</summary>
/// <param name="Link">The interface's or port's index.</param>
/// <param name="Address">The address; null of an entry of a forwarding table.</param>
/// <param name="Hardware">The hardware address; null where it is not known.</param>
/// <param name="IsPermanent">Whether it was said for good: nothing that is received changes it.</param>
public readonly record struct NeighbourInfo(int Link, InternetAddress? Address, MacAddress? Hardware, bool IsPermanent);
