using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Cni;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;

namespace FastRun.Engine.Networks.Ports;

/// <summary>The ports that lead to containers now. Leases are read once, and only where a container has asked for ports.</summary>
public sealed class ContainerPorts(StateLayout layout)
{
    private Dictionary<string, List<PublishedPort>>? _ports;

    /// <summary>A container's published ports, the lowest of its own first; none while it does not run.</summary>
    public IReadOnlyList<PublishedPort> Of(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        ContainerCreateRequest request = container.Record.Request;
        if (!container.IsRunning || (request.Ports.Count == 0 && !request.PublishAllPorts))
        {
            return [];
        }

        return NetworkMode.CniNetwork(RequestedNetworks.ModeOf(request)) is null
            ? (_ports ??= Read()).GetValueOrDefault(container.Id) ?? []
            : ReadCni(container.Id);
    }

    private List<PublishedPort> ReadCni(string containerId)
    {
        List<PublishedPort> ports = [];
        if (CniAttachment.Read(layout, containerId) is { } found)
        {
            IPAddress? ipv4 = found.Result.First(isIPv6: false)?.Address;
            IPAddress? ipv6 = found.Result.First(isIPv6: true)?.Address;
            foreach (string text in found.Record.Ports)
            {
                if (PublishedPort.TryParse(text, ipv4, ipv6) is { } port)
                {
                    ports.Add(port);
                }
            }
        }

        ports.Sort(Compare);
        return ports;
    }

    private Dictionary<string, List<PublishedPort>> Read()
    {
        Dictionary<string, List<PublishedPort>> all = new(StringComparer.Ordinal);
        foreach (LeaseRecord lease in NetworkLeases.All(layout))
        {
            foreach (string text in lease.Ports)
            {
                if (PublishedPort.TryParse(text, lease.IPv4, lease.IPv6) is { } port)
                {
                    if (!all.TryGetValue(lease.ContainerId, out List<PublishedPort>? ports))
                    {
                        all.Add(lease.ContainerId, ports = []);
                    }

                    ports.Add(port);
                }
            }
        }

        foreach (List<PublishedPort> ports in all.Values)
        {
            ports.Sort(Compare);
        }

        return all;
    }

    private static int Compare(PublishedPort a, PublishedPort b) =>
        a.ContainerPort != b.ContainerPort ? a.ContainerPort.CompareTo(b.ContainerPort)
        : a.Protocol != b.Protocol ? a.Protocol.CompareTo(b.Protocol)
        : a.HostAddress.IsIPv6 != b.HostAddress.IsIPv6 ? a.HostAddress.IsIPv6.CompareTo(b.HostAddress.IsIPv6)
        : a.HostAddress.Bits != b.HostAddress.Bits ? a.HostAddress.Bits.CompareTo(b.HostAddress.Bits)
        : a.HostPort.CompareTo(b.HostPort);
}
