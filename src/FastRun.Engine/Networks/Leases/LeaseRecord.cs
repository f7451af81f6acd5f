using System.Collections.Generic;
using System.Net;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Leases;

/// <summary>What a lease says of the container whose address it is: what others need to reach it, and to clean up after it.</summary>
internal sealed record LeaseRecord
{
    /// <summary>The network.</summary>
    internal required string NetworkId { get; init; }

    /// <summary>The network's name.</summary>
    internal required string NetworkName { get; init; }

    /// <summary>The container: 64 hex digits.</summary>
    internal required string ContainerId { get; init; }

    /// <summary>The container's name; empty for a sandbox that has none.</summary>
    internal string ContainerName { get; init; } = "";

    /// <summary>Its host name.</summary>
    internal string HostName { get; init; } = "";

    /// <summary>Its end in the network (Docker's EndpointID): 64 hex digits.</summary>
    internal string EndpointId { get; init; } = "";

    /// <summary>Its other names in the network.</summary>
    internal IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Names that only it has for others in the network, <c>name:alias</c>.</summary>
    internal IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Its address; null where the network has no IPv4.</summary>
    internal IPAddress? IPv4 { get; init; }

    /// <summary>Its address in IPv6; null where it has none.</summary>
    internal IPAddress? IPv6 { get; init; }

    /// <summary>Addresses of its link that it has besides.</summary>
    internal IReadOnlyList<string> LinkLocalAddresses { get; init; } = [];

    /// <summary>Its hardware address, <c>02:42:0a:d2:00:02</c>.</summary>
    internal string MacAddress { get; init; } = "";

    /// <summary>The host's end of its cable.</summary>
    internal string HostInterface { get; init; } = "";

    /// <summary>Its own end, <c>eth0</c>.</summary>
    internal string Interface { get; init; } = "";

    /// <summary>The ports that are published: <c>HOSTIP:HOSTPORT-PORT/PROTOCOL</c>.</summary>
    internal IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>The number of this run and the rules of where it may send; empty where it may send anywhere.</summary>
    internal IReadOnlyList<string> Egress { get; init; } = [];

    /// <summary>Who holds the lease.</summary>
    internal ProcessInstance Owner { get; init; }

    /// <summary>The container's first process; its pid is 0 until it is started.</summary>
    internal ProcessInstance Process { get; init; }
}
