namespace FastRun.Native.Netlink;

/// <summary>The counters of an interface (struct rtnl_link_stats64), since it was made.</summary>
/// <param name="ReceivedBytes">rx_bytes.</param>
/// <param name="ReceivedPackets">rx_packets.</param>
/// <param name="ReceiveErrors">rx_errors.</param>
/// <param name="ReceiveDropped">rx_dropped.</param>
/// <param name="SentBytes">tx_bytes.</param>
/// <param name="SentPackets">tx_packets.</param>
/// <param name="SendErrors">tx_errors.</param>
/// <param name="SendDropped">tx_dropped.</param>
public readonly record struct LinkStatistics(
    ulong ReceivedBytes,
    ulong ReceivedPackets,
    ulong ReceiveErrors,
    ulong ReceiveDropped,
    ulong SentBytes,
    ulong SentPackets,
    ulong SendErrors,
    ulong SendDropped)
{
    /// <summary>The sum of each counter.</summary>
    public static LinkStatistics operator +(LinkStatistics left, LinkStatistics right) => left.Add(right);

    /// <summary>The named alternate of the operator.</summary>
    public LinkStatistics Add(LinkStatistics other) => new(
        ReceivedBytes + other.ReceivedBytes,
        ReceivedPackets + other.ReceivedPackets,
        ReceiveErrors + other.ReceiveErrors,
        ReceiveDropped + other.ReceiveDropped,
        SentBytes + other.SentBytes,
        SentPackets + other.SentPackets,
        SendErrors + other.SendErrors,
        SendDropped + other.SendDropped);
}
