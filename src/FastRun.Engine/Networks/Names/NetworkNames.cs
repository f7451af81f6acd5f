using System;
using System.Collections.Generic;
using System.Net;

namespace FastRun.Engine.Networks.Names;

/// <summary>The names in one network at one moment. Case makes no difference (RFC 4343).</summary>
internal sealed class NetworkNames
{
    private readonly Dictionary<string, List<NamedEndpoint>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPAddress, NamedEndpoint> _addresses = [];
    private readonly Dictionary<string, NamedEndpoint> _containers = [];
    private readonly string _suffix;

    /// <summary>Takes what is in a network.</summary>
    /// <param name="network">The network's name, behind which its names can be told from those of other networks.</param>
    /// <param name="isInternal">Whether nothing leads out of it.</param>
    /// <param name="resolvesNames">Whether those who are in it find each other by name.</param>
    /// <param name="endpoints">The containers.</param>
    internal NetworkNames(string network, bool isInternal, bool resolvesNames, IEnumerable<NamedEndpoint> endpoints)
    {
        IsInternal = isInternal;
        _suffix = "." + network;
        foreach (NamedEndpoint endpoint in endpoints)
        {
            _containers[endpoint.ContainerId] = endpoint;
            if (resolvesNames)
            {
                Add(endpoint);
            }
        }
    }

    /// <summary>Whether nothing leads out of it.</summary>
    internal bool IsInternal { get; }

    /// <summary>Whether a container is in it.</summary>
    internal bool Contains(string containerId) => _containers.ContainsKey(containerId);

    /// <summary>A container's first address: what the rules for its end are called by; null where it is not in the network.</summary>
    internal string? KeyOf(string containerId) =>
        _containers.TryGetValue(containerId, out NamedEndpoint? endpoint) && endpoint.Addresses.Count > 0 ? endpoint.Addresses[0].ToString() : null;

    /// <summary>Names that only a container has for others in it, <c>name:alias</c>.</summary>
    internal IReadOnlyList<string> LinksOf(string containerId) =>
        _containers.TryGetValue(containerId, out NamedEndpoint? endpoint) ? endpoint.Links : [];

    /// <summary>
    /// The addresses of both families that a name leads to, with or without the network's name behind it; null where it is
    /// unknown, or those that it belonged to have been killed.
    /// </summary>
    internal List<IPAddress>? TryFind(string name)
    {
        if (!_names.TryGetValue(name, out List<NamedEndpoint>? found)
            && !(name.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase) && _names.TryGetValue(name[..^_suffix.Length], out found)))
        {
            return null;
        }

        List<IPAddress> addresses = [];
        foreach (NamedEndpoint endpoint in found)
        {
            if (endpoint.Owner.IsAlive())
            {
                addresses.AddRange(endpoint.Addresses);
            }
        }

        return addresses.Count > 0 ? addresses : null;
    }

    /// <summary>The name of an address, the network's name behind it; null where nobody has it.</summary>
    internal string? TryFind(IPAddress address) =>
        _addresses.TryGetValue(address, out NamedEndpoint? found) && found.Owner.IsAlive() ? found.Name + _suffix : null;

    private void Add(NamedEndpoint endpoint)
    {
        AddName(endpoint.Name, endpoint);
        foreach (string alias in endpoint.Aliases)
        {
            AddName(alias, endpoint);
        }

        foreach (IPAddress address in endpoint.Addresses)
        {
            _addresses[address] = endpoint;
        }
    }

    private void AddName(string name, NamedEndpoint endpoint)
    {
        if (!_names.TryGetValue(name, out List<NamedEndpoint>? all))
        {
            _names.Add(name, all = []);
        }

        if (!all.Contains(endpoint))
        {
            all.Add(endpoint);
        }
    }
}
