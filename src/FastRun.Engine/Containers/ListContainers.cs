using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Names;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Lists containers, the last created first. Takes no lock.</summary>
public sealed class ListContainers(StateLayout layout)
{
    /// <summary>Lists them.</summary>
    /// <exception cref="EngineException">A filter is wrong, or names a container that is not there.</exception>
    public IReadOnlyList<ContainerSummary> Run(ContainerListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        NameServerConnection.Restore(layout);
        return EngineErrors.Translated(() =>
        {
            ContainerImages images = new(layout);
            ContainerPorts ports = new(layout);
            ContainerFilter filter = new(request.Filters, images, ports, new NetworkStore(layout));
            ContainerStore store = new(layout);
            List<Container> all = store.All();
            all.Sort(static (a, b) => b.Record.CreatedAt.CompareTo(a.Record.CreatedAt) is not 0 and var order
                ? order
                : string.CompareOrdinal(a.Id, b.Id));
            (int from, int to) = Bounds(all, request.Filters, store);
            bool stopped = request.All || request.Limit > 0 || filter.WantsStopped;
            List<ContainerSummary> found = [];
            for (int i = from; i < to && (request.Limit <= 0 || found.Count < request.Limit); i++)
            {
                Container container = all[i];
                if ((stopped || container.IsRunning) && filter.Matches(container))
                {
                    found.Add(new ContainerSummary(container, request.Size ? images.SizeOf(container) : null, images, ports.Of(container)));
                }
            }

            return found;
        });
    }

    /// <summary>The part of the list that <c>before</c> and <c>since</c> leave.</summary>
    private static (int From, int To) Bounds(List<Container> all, FilterTerms filters, ContainerStore store)
    {
        (int from, int to) = (0, all.Count);
        foreach (string name in filters.Values("before"))
        {
            from = Math.Max(from, IndexOf(all, store.FindAny(name)) + 1);
        }

        foreach (string name in filters.Values("since"))
        {
            to = Math.Min(to, IndexOf(all, store.FindAny(name)));
        }

        return (from, to);
    }

    private static int IndexOf(List<Container> all, Container container) =>
        all.FindIndex(each => each.Id == container.Id) is >= 0 and var index
            ? index
            : throw new EngineException(ErrorKind.NotFound, $"No such container: {container.Name}");
}
