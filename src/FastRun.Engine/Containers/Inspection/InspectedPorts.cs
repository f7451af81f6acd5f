using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>What <c>inspect</c> tells of ports, by the container's port: <c>80/tcp</c>.</summary>
internal static class InspectedPorts
{
    /// <summary>What was asked for.</summary>
    internal static SortedDictionary<string, IReadOnlyList<InspectedPortBinding>?> Asked(ContainerCreateRequest request)
    {
        Dictionary<string, List<InspectedPortBinding>> asked = new(StringComparer.Ordinal);
        foreach (PortBinding binding in request.Ports)
        {
            string host = binding.FirstHostPort == 0 ? ""
                : binding.FirstHostPort == binding.LastHostPort ? Text(binding.FirstHostPort)
                : $"{Text(binding.FirstHostPort)}-{Text(binding.LastHostPort)}";
            Add(asked, $"{Text(binding.ContainerPort)}/{binding.Protocol}", new InspectedPortBinding(binding.HostAddress, host));
        }

        return Sorted(asked, []);
    }

    /// <summary>What there is, and what is only exposed.</summary>
    internal static SortedDictionary<string, IReadOnlyList<InspectedPortBinding>?> Published(
        IReadOnlyList<PublishedPort> ports, IEnumerable<string> exposed)
    {
        Dictionary<string, List<InspectedPortBinding>> published = new(StringComparer.Ordinal);
        foreach (PublishedPort port in ports)
        {
            Add(
                published,
                $"{Text(port.ContainerPort)}/{port.ProtocolName}",
                new InspectedPortBinding(port.HostAddress.ToString(), Text(port.HostPort)));
        }

        return Sorted(published, exposed);
    }

    private static SortedDictionary<string, IReadOnlyList<InspectedPortBinding>?> Sorted(
        Dictionary<string, List<InspectedPortBinding>> ports, IEnumerable<string> exposed)
    {
        SortedDictionary<string, IReadOnlyList<InspectedPortBinding>?> sorted = new(StringComparer.Ordinal);
        foreach (string port in exposed)
        {
            sorted[port] = null;
        }

        foreach ((string port, List<InspectedPortBinding> bindings) in ports)
        {
            sorted[port] = bindings;
        }

        return sorted;
    }

    private static void Add(Dictionary<string, List<InspectedPortBinding>> ports, string port, InspectedPortBinding binding)
    {
        if (!ports.TryGetValue(port, out List<InspectedPortBinding>? bindings))
        {
            ports.Add(port, bindings = []);
        }

        bindings.Add(binding);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
