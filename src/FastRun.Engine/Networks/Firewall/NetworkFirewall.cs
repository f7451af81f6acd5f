using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Ports;
using FastRun.Native;
using FastRun.Native.Netlink;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>
/// The firewall of a run root's networks, in the network namespace of whoever opens it. Nobody makes it beforehand: an element
/// is added, and where the kernel says that there are no such rules, they are made with all that should be in them. So the
/// check costs nothing, and what flushed the host's ruleset is made good by the next start. One thread at a time.
/// </summary>
internal sealed class NetworkFirewall : IDisposable
{
    private readonly string _table;
    private readonly FirewallRuleset _rules;
    private readonly Func<FirewallContent> _content;
    private readonly NftablesSocket _socket;

    private NetworkFirewall(string table, Func<FirewallContent> content, NftablesSocket socket) =>
        (_table, _rules, _content, _socket) = (table, new FirewallRuleset(table), content, socket);

    /// <summary>Opens it.</summary>
    /// <param name="table">The name of its tables.</param>
    /// <param name="content">What should be in it, asked for where the rules are made.</param>
    /// <exception cref="EngineException">The kernel has no nfnetlink.</exception>
    internal static NetworkFirewall Open(string table, Func<FirewallContent> content)
    {
        try
        {
            return new NetworkFirewall(table, content, NftablesSocket.Open());
        }
        catch (SyscallException exception)
        {
            throw FirewallSupport.Explain(exception);
        }
    }

    /// <summary>Lets a network's traffic through, once its bridge is there.</summary>
    /// <exception cref="EngineException">The kernel lacks something, or the caller may not.</exception>
    internal void AddNetwork(FirewallNetwork network) => Apply(batch => Add(batch, network));

    /// <summary>Forgets a network.</summary>
    internal void RemoveNetwork(FirewallNetwork network)
    {
        ElementValue bridge = new ElementValue().Interface(network.Bridge);
        Delete(_rules.Inet, FirewallRuleset.Bridges, bridge);
        Delete(_rules.Inet, FirewallRuleset.InternalBridges, bridge);
        Delete(_rules.Inet, FirewallRuleset.MasqueradedBridges, bridge);
        Delete(_rules.Inet, FirewallRuleset.WithinBridges, new ElementValue().Interface(network.Bridge).Interface(network.Bridge));
    }

    /// <summary>
    /// Lets a container's traffic through, as long as it bears the container's addresses, and leads its published ports to it:
    /// one transaction. A published port that leads elsewhere belongs to a container that has gone: whoever publishes one holds
    /// its socket.
    /// </summary>
    /// <exception cref="EngineException">The kernel lacks something, or the caller may not.</exception>
    internal void Admit(FirewallEndpoint endpoint)
    {
        try
        {
            Apply(batch => Add(batch, endpoint));
        }
        catch (EngineException exception) when (exception.InnerException is SyscallException { Errno: Errno.EBUSY or Errno.EEXIST })
        {
            foreach (PublishedPort port in endpoint.Ports)
            {
                RemoveStale(port);
            }

            Apply(batch => Add(batch, endpoint));
        }

        DatagramFlows.Forget(endpoint.Ports);
    }

    /// <summary>
    /// Forgets a container's end in a network. What is not there is none's loss. Nothing is sent where the container had no port
    /// and no hardware address of its own: what the firewall knows of an address stays for the next one that gets it.
    /// </summary>
    internal void Dismiss(FirewallEndpoint endpoint)
    {
        Unpublish(endpoint.Ports);
        if (!endpoint.IsUsual)
        {
            foreach ((string set, ElementValue key) in Members(endpoint))
            {
                Delete(_rules.Bridge, set, key);
            }
        }
    }

    /// <summary>Removes what leads to a container from ports, unless they lead to another by now.</summary>
    internal void Unpublish(IReadOnlyList<PublishedPort> ports)
    {
        foreach (PublishedPort port in ports)
        {
            Unpublish(port);
        }

        DatagramFlows.Forget(ports);
    }

    private void Unpublish(PublishedPort port)
    {
        if (PortElement.Of(port) is not { } element)
        {
            return;
        }

        Delete(_rules.Inet, FirewallRuleset.OwnPorts(port.Container.IsIPv6), element.Own);
        if (_socket.DataOf(_rules.Inet, element.Map, element.Key) is { } data && element.Data.Matches(data))
        {
            Delete(_rules.Inet, element.Map, element.Key);
        }
    }

    /// <summary>Removes the tables and all in them.</summary>
    internal void Remove()
    {
        foreach (NftablesTable table in new[] { _rules.Inet, _rules.Bridge })
        {
            using NftablesBatch batch = new();
            batch.DeleteTable(table);
            Ignore(_socket.TryExecute(batch));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Apply(Action<NftablesBatch> add)
    {
        try
        {
            using NftablesBatch batch = new();
            _rules.Require(batch);
            add(batch);
            Errno errno = _socket.TryExecute(batch, out SyscallException? failure);
            if (errno is Errno.None)
            {
                return;
            }

            // Where nf_tables is missing altogether, making the rules says so better.
            if (errno is not (Errno.ENOENT or Errno.EOPNOTSUPP or Errno.EINVAL))
            {
                throw failure!;
            }

            Make();
            using NftablesBatch again = new();
            _rules.Require(again);
            add(again);
            _socket.Execute(again);
        }
        catch (SyscallException exception)
        {
            throw FirewallSupport.Explain(exception);
        }
    }

    private void Make()
    {
        FirewallContent content = _content();
        if (content.Confined.Count > 0)
        {
            // Before the rules by which their packets leave the host.
            EgressFirewall egress = new(_table, _socket);
            foreach (ConfinedEndpoint confined in content.Confined)
            {
                egress.Restore(confined);
            }
        }

        using (NftablesBatch batch = new())
        {
            _rules.Make(batch);
            foreach (FirewallNetwork network in content.Networks)
            {
                Add(batch, network);
            }

            _socket.Execute(batch);
        }

        // Not in the same transaction: an element that is in somebody's way must not keep the rules from being there.
        foreach (FirewallEndpoint endpoint in content.Endpoints)
        {
            using NftablesBatch batch = new();
            Add(batch, endpoint);
            Ignore(_socket.TryExecute(batch));
        }
    }

    private void Add(NftablesBatch batch, FirewallNetwork network)
    {
        ElementValue bridge = new ElementValue().Interface(network.Bridge);
        batch.AddElement(_rules.Inet, FirewallRuleset.Bridges, bridge);
        batch.AddElement(
            _rules.Inet, FirewallRuleset.WithinBridges, new ElementValue().Interface(network.Bridge).Interface(network.Bridge));
        if (network.IsInternal)
        {
            batch.AddElement(_rules.Inet, FirewallRuleset.InternalBridges, bridge);
        }
        else if (network.Masquerades)
        {
            batch.AddElement(_rules.Inet, FirewallRuleset.MasqueradedBridges, bridge);
        }
    }

    private void Add(NftablesBatch batch, FirewallEndpoint endpoint)
    {
        batch.AddElement(_rules.Bridge, FirewallRuleset.Guarded, new ElementValue().Group(endpoint.Group));
        if (endpoint.IsConfined)
        {
            batch.AddElement(_rules.Bridge, FirewallRuleset.Guarded, new ElementValue().Group(FirewallEndpoint.CutGroup));
        }

        foreach ((string set, ElementValue key) in Members(endpoint))
        {
            batch.AddElement(_rules.Bridge, set, key);
        }

        foreach (PublishedPort port in endpoint.Ports)
        {
            if (PortElement.Of(port) is { } element)
            {
                batch.AddElement(_rules.Inet, element.Map, element.Key, element.Data);
                batch.AddElement(_rules.Inet, FirewallRuleset.OwnPorts(port.Container.IsIPv6), element.Own);
            }
        }
    }

    private static IEnumerable<(string Set, ElementValue Key)> Members(FirewallEndpoint endpoint)
    {
        if (endpoint.IPv4 is { } ipv4)
        {
            yield return (FirewallRuleset.Members4, Member(endpoint, ipv4));
        }

        if (endpoint.IPv6 is { } ipv6)
        {
            yield return (FirewallRuleset.Members6, Member(endpoint, ipv6));
            yield return (FirewallRuleset.Members6, Member(endpoint, endpoint.LinkLocalAddress));
        }

        foreach (InternetAddress address in endpoint.LinkLocalAddresses)
        {
            yield return (address.IsIPv6 ? FirewallRuleset.Members6 : FirewallRuleset.Members4, Member(endpoint, address));
        }
    }

    private static ElementValue Member(FirewallEndpoint endpoint, InternetAddress address) =>
        new ElementValue().Group(endpoint.Group).Address(endpoint.Mac).Address(address);

    private void RemoveStale(PublishedPort port)
    {
        if (PortElement.Of(port) is { } element && _socket.DataOf(_rules.Inet, element.Map, element.Key) is { } data
            && !element.Data.Matches(data))
        {
            Delete(_rules.Inet, element.Map, element.Key);
        }
    }

    private void Delete(NftablesTable table, string set, ElementValue key)
    {
        using NftablesBatch batch = new();
        batch.DeleteElement(table, set, key);
        Ignore(_socket.TryExecute(batch));
    }

    /// <summary>What could not be removed is not there, or goes with the table.</summary>
    private static void Ignore(Errno errno) => _ = errno;
}
