using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks;

/// <summary>
/// The host's interface that the containers of a macvlan or ipvlan network are on: one that is there; for <c>eth0.10</c>, where
/// that is missing, the VLAN 10 of <c>eth0</c>; and without one a bridge of ours that has no ports and leads nowhere.
/// </summary>
internal static class ParentInterface
{
    private const int LargestVlan = 4094;
    private const string Loopback = "lo";

    /// <summary>Checks what a network is asked to be on, before it is written down.</summary>
    /// <exception cref="EngineException">There is no such interface, and none can be made.</exception>
    internal static void Check(string driver, SubinterfaceOptions options)
    {
        if (options.Parent is not { } parent)
        {
            return;
        }

        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
        using RouteBatch batch = new();
        if (parent == Loopback)
        {
            throw EngineException.Invalid($"loopback interface is not a valid {driver} parent link");
        }

        if (batch.IndexOf(socket, parent) == 0)
        {
            _ = VlanOf(parent, socket, batch);
        }
    }

    /// <summary>Makes the interface where it is missing, and sets it up.</summary>
    /// <exception cref="EngineException">The kernel cannot have it.</exception>
    internal static void Ensure(Network network)
    {
        string kind = SubinterfaceOptions.Of(network).Parent is null ? "bridge" : "vlan";
        try
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            using RouteBatch batch = new();
            if (batch.IndexOf(socket, network.Interface) != 0)
            {
                return;
            }

            NewLink made = new(network.Interface);
            if (kind == "bridge")
            {
                batch.AddBridge(made);
            }
            else
            {
                (int parent, int vlan) = VlanOf(network.Interface, socket, batch);
                batch.AddVlan(made, parent, vlan);
            }

            batch.SetLink(network.Interface, new LinkChange { Alias = BridgeInterface.AliasOf(network.Id), LinkLocalAddress = false, Up = true });
            batch.Send(socket);
        }
        catch (SyscallException exception)
        {
            throw BridgeInterface.Explain(network.Name, exception, kind);
        }
    }

    /// <summary>The interface and the VLAN that <c>eth0.10</c> means.</summary>
    private static (int Parent, int Vlan) VlanOf(string name, NetlinkSocket socket, RouteBatch batch)
    {
        int dot = name.LastIndexOf('.');
        if (dot <= 0
            || !int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int vlan)
            || vlan is < 1 or > LargestVlan)
        {
            throw new EngineException(
                ErrorKind.NotFound, $"parent interface {name} is not on the host, and no VLAN of one: example formatting is eth0.10");
        }

        int parent = batch.IndexOf(socket, name[..dot]);
        return parent != 0
            ? (parent, vlan)
            : throw new EngineException(ErrorKind.NotFound, $"failed to find master interface {name[..dot]} on the host");
    }
}
