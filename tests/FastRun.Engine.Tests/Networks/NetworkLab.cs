using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks;

/// <summary>A host, an outside world and containers, each a network namespace of the test's own; they go when the test ends.</summary>
internal sealed class NetworkLab : IDisposable
{
    private readonly List<LabHost> _hosts = [];

    internal NetworkLab()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
        Host = Add();
        Host.Run(static () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return 0;
        });
        Outside = Add();
        Connect(Host, "up0", Outside, "eth0", master: 0);
        Host.SetAddress("up0", "192.0.2.1", 24);
        Host.SetAddress("up0", "2001:db8::1", 64);
        Outside.SetAddress("eth0", "192.0.2.2", 24);
        Outside.SetAddress("eth0", "2001:db8::2", 64);
    }

    internal LabHost Host { get; }

    /// <summary>192.0.2.2 and 2001:db8::2, who knows nothing of any other address than the host's 192.0.2.1 and 2001:db8::1.</summary>
    internal LabHost Outside { get; }

    /// <summary>Makes a bridge on the host.</summary>
    internal void AddBridge(string name, string gateway, string? gateway6 = null)
    {
        Host.Route(batch => batch.AddBridge(new NewLink(name) { Up = true }));
        Host.SetAddress(name, gateway, 24);
        if (gateway6 is not null)
        {
            Host.SetAddress(name, gateway6, 64);
        }
    }

    /// <summary>Makes a container whose cable ends in a bridge.</summary>
    internal LabHost AddContainer(string bridge, string cable, string address, string gateway, string? address6 = null, string? gateway6 = null)
    {
        LabHost container = Add();
        InternetAddress ipv4 = IPAddress.Parse(address);
        Connect(Host, cable, container, "eth0", Host.Index(bridge), MacAddress.OfIPv4(ipv4), (uint)ipv4.Bits);
        container.SetAddress("eth0", address, 24);
        container.Route(batch => batch.AddRoute(new Route { Gateway = IPAddress.Parse(gateway) }));
        if (address6 is not null)
        {
            container.SetAddress("eth0", address6, 64);
            container.Route(batch => batch.AddRoute(new Route { Gateway = IPAddress.Parse(gateway6!) }));
        }

        return container;
    }

    /// <inheritdoc/>
    public void Dispose() => _hosts.ForEach(static host => host.Dispose());

    private static void Connect(LabHost host, string cable, LabHost other, string name, int master, MacAddress? mac = null, uint group = 0)
    {
        host.Route(batch => batch.AddVeth(
            new NewLink(cable) { Master = master, Group = group, Up = true },
            new NewLink(name) { NetworkNamespace = other.Namespace, Address = mac }));
        other.Route(batch => batch.SetLink(name, new LinkChange { Up = true }));
    }

    private LabHost Add()
    {
        LabHost host = new();
        _hosts.Add(host);
        host.Route(static batch => batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true }));
        return host;
    }
}
