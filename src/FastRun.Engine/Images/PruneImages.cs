using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Filters;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Removes images that nothing needs.</summary>
public sealed class PruneImages(StateLayout layout)
{
    private static readonly Dictionary<string, string> s_noLabels = [];

    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Removes them. An image that a container or a sandbox needs stays, with all its names.</summary>
    /// <param name="all">Also those that have a name.</param>
    /// <param name="filters"><c>label</c>, <c>label!</c>, and <c>dangling</c>, which <c>false</c> means <paramref name="all"/>.</param>
    /// <param name="until">Only those made before; null for all.</param>
    /// <exception cref="EngineException">A filter is wrong, or something could not be removed.</exception>
    public PrunedImages Run(bool all, FilterTerms filters, DateTimeOffset? until = null)
    {
        ArgumentNullException.ThrowIfNull(filters);
        return EngineErrors.Translated(() =>
        {
            filters.RequireKnown("dangling", "label", "label!");
            bool named = all || filters.Flag("dangling") == false;
            HashSet<Digest> wanted = [];
            foreach (ImageSummary image in _store.List())
            {
                if ((named || image.Repository is null) && !(image.Created >= until) && HasLabels(image.Id, filters))
                {
                    wanted.Add(image.Id);
                }
            }

            long before = wanted.Count == 0 ? 0 : _store.MeasureUsage().Size;
            IReadOnlyList<ImageRemoval> removals = _store.RemoveUnused(wanted);
            long bytes = removals.Count == 0 ? 0 : Math.Max(0, before - _store.MeasureUsage().Size);
            Note(removals, bytes);
            return new PrunedImages(removals, bytes);
        });
    }

    private bool HasLabels(Digest id, FilterTerms filters) =>
        (!filters.Has("label") && !filters.Has("label!"))
        || filters.MatchesLabels(_store.Inspect(ImageLocation.Parse(id.ToString())).Config.Config?.Labels ?? s_noLabels);

    private void Note(IReadOnlyList<ImageRemoval> removals, long bytes)
    {
        foreach (ImageRemoval removal in removals)
        {
            foreach (string name in removal.Untagged)
            {
                ImageEvents.Note(layout, "untag", removal.ImageId, name);
            }

            foreach (string id in removal.Deleted)
            {
                ImageEvents.Note(layout, "delete", id, id);
            }
        }

        EventJournal.Append(layout, EventType.Image, "prune", "", new Dictionary<string, string>
        {
            ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture),
        });
    }
}
