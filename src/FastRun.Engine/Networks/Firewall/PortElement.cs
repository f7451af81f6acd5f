using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>The element by which the kernel leads a published port to its container.</summary>
/// <param name="Map">The map that it is in.</param>
/// <param name="Key">Protocol and port, behind the host's address where the port is published at one.</param>
/// <param name="Data">The container's address and port.</param>
/// <param name="Own">The container's address, protocol and the host's port: what comes from there is left to the process.</param>
internal sealed record PortElement(string Map, ElementValue Key, ElementValue Data, ElementValue Own)
{
    /// <summary>
    /// A port's element; null where the kernel cannot lead it: at the loopback, and from IPv6 to a container that has none. These
    /// are left to the process that holds its socket.
    /// </summary>
    internal static PortElement? Of(PublishedPort port)
    {
        InternetAddress host = port.HostAddress;
        InternetAddress container = port.Container;
        if (host.IsIPv6 != container.IsIPv6 || port.IsLoopback)
        {
            return null;
        }

        bool isAny = host.Bits == 0;
        ElementValue key = new();
        if (!isAny)
        {
            key.Address(host);
        }

        return new PortElement(
            FirewallRuleset.PortMap(host.IsIPv6, isAny),
            key.Protocol((byte)port.Protocol).Port(port.HostPort),
            new ElementValue().Address(container).Port(port.ContainerPort),
            new ElementValue().Address(container).Protocol((byte)port.Protocol).Port(port.HostPort));
    }
}
