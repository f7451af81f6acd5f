using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Networks.Links;

/// <summary>
/// Finds the containers that one which starts is linked to. On the default bridge, where there are no names, a link is an address in
/// /etc/hosts and a few variables; on a network that somebody made it is one more name for the other.
/// </summary>
internal sealed class LinkedContainers(StateLayout layout)
{
    private readonly ContainerStore _containers = new(layout);

    /// <summary>The links of a container on the default bridge; each of the others has to run there.</summary>
    /// <param name="links">What the container asks for, as <see cref="LinkSyntax"/> gave it.</param>
    /// <param name="owner">The name of the container that asks.</param>
    /// <param name="bridgeId">The default bridge.</param>
    /// <exception cref="EngineException">One is not there, or does not run, or is elsewhere.</exception>
    internal List<ContainerLink> OnBridge(IReadOnlyList<string> links, string owner, string bridgeId)
    {
        List<ContainerLink> found = [];
        List<LeaseRecord> leases = links.Count == 0 ? [] : NetworkLeases.Of(layout, bridgeId);
        foreach (string link in links)
        {
            (string name, string alias) = LinkSyntax.Split(link);
            Container container = _containers.Find(name);
            if (!container.IsRunning)
            {
                throw new EngineException(
                    ErrorKind.Conflict, $"Cannot link to a non running container: /{container.Name} AS /{owner}/{alias}");
            }

            LeaseRecord? lease = leases.Find(each => each.ContainerId == container.Id);
            if ((lease?.IPv4 ?? lease?.IPv6) is not { } address)
            {
                throw new EngineException(
                    ErrorKind.Conflict, $"Cannot link to /{container.Name}, as it does not belong to the default network");
            }

            found.Add(Of(container, lease!, address, alias));
        }

        return found;
    }

    /// <summary>Names for others on networks that somebody made, <c>alias</c> and <c>name</c> by turns; the others need not run yet.</summary>
    /// <exception cref="EngineException">One is not there.</exception>
    internal List<string> Names(IReadOnlyList<string> links)
    {
        List<string> names = [];
        foreach (string link in links)
        {
            (string name, string alias) = LinkSyntax.Split(link);
            names.Add(alias);
            names.Add(NameOf(_containers.Find(name)));
        }

        return names;
    }

    private ContainerLink Of(Container container, LeaseRecord lease, IPAddress address, string alias)
    {
        ContainerConfig? image = new ContainerImages(layout).Of(container)?.Config.Config;
        List<string> names = [alias, lease.HostName];
        if (NameOf(container) != alias)
        {
            names.Add(NameOf(container));
        }

        List<string> ports = [.. image?.ExposedPorts?.Keys ?? []];
        foreach (string published in lease.Ports)
        {
            // HOSTIP:HOSTPORT-PORT/PROTOCOL
            ports.Add(published[(published.LastIndexOf('-') + 1)..]);
        }

        return new ContainerLink(alias, address, names, ports, Environment(container.Record.Request.Env, image?.Env ?? []))
        {
            ContainerId = container.Id,
        };
    }

    /// <summary>The image's variables, then the container's own in their place.</summary>
    private static List<string> Environment(IReadOnlyList<string> own, IReadOnlyList<string> image)
    {
        List<string> environment = [.. image];
        foreach (string variable in own)
        {
            string name = variable.Split('=')[0] + "=";
            environment.RemoveAll(other => other.StartsWith(name, System.StringComparison.Ordinal));
            environment.Add(variable);
        }

        return environment;
    }

    private static string NameOf(Container container) => container.Name.Length > 0 ? container.Name : ShortId.Of(container.Id);
}
