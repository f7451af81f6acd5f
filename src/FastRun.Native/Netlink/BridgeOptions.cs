using System;

namespace FastRun.Native.Netlink;

/// <summary>Attributes of a bridge (IFLA_BR_*, ip-link(8)); null leaves the kernel's default.</summary>
public readonly record struct BridgeOptions
{
    /// <summary>Whether it speaks the spanning tree protocol.</summary>
    public bool? SpanningTree { get; init; }

    /// <summary>How long a port listens and learns before it forwards, where spanning tree is on.</summary>
    public TimeSpan? ForwardDelay { get; init; }

    /// <summary>After how long it forgets where an address is.</summary>
    public TimeSpan? AgeingTime { get; init; }

    /// <summary>Whether it follows who listens to which multicast group.</summary>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether it asks who listens.</summary>
    public bool? MulticastQuerier { get; init; }

    /// <summary>Whether what it forwards between its own ports passes the rules of iptables, ip6tables and arptables (br_netfilter).</summary>
    public bool? CallIptables { get; init; }
}
