using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Filters;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Removes the containers that do not run.</summary>
public sealed class PruneContainers(StateLayout layout)
{
    /// <summary>Removes them; their anonymous volumes stay. One that is started meanwhile is left.</summary>
    /// <param name="filters"><c>label</c> and <c>label!</c>.</param>
    /// <param name="until">Only those made before; null for all.</param>
    /// <exception cref="EngineException">A filter is wrong, or something could not be removed.</exception>
    public PrunedContainers Run(FilterTerms filters, DateTimeOffset? until = null)
    {
        ArgumentNullException.ThrowIfNull(filters);
        return EngineErrors.Translated(() =>
        {
            filters.RequireKnown("label", "label!");
            ContainerImages images = new(layout);
            List<string> removed = [];
            long bytes = 0;
            foreach (Container container in new ContainerStore(layout).All())
            {
                // One that cannot tell what it is has to be removed by name.
                if (container.IsRunning || container.Damage is not null || container.Record.CreatedAt >= until
                    || !filters.MatchesLabels(images.LabelsOf(container)))
                {
                    continue;
                }

                long size = WrittenLayers.Measure(layout, container.Record);
                try
                {
                    new RemoveContainer(layout).Remove(container, force: false, volumes: false);
                    removed.Add(container.Id);
                    bytes += size;
                }
                catch (EngineException exception) when (exception.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
                {
                    // Somebody started it, or removed it.
                }
            }

            EventJournal.Append(layout, EventType.Container, "prune", "", new Dictionary<string, string>
            {
                ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture),
            });
            return new PrunedContainers(removed, bytes);
        });
    }
}
