using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Filters;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Engine.Snapshots;

/// <summary>The snapshots of this machine.</summary>
public sealed class ManageSnapshots(StateLayout layout)
{
    private static readonly Dictionary<string, string> s_noLabels = [];

    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Lists them by name.</summary>
    /// <param name="filters"><c>name</c>, <c>from</c>, <c>label</c>, <c>label!</c>.</param>
    /// <exception cref="EngineException">A filter is wrong, or the state cannot be read.</exception>
    public IReadOnlyList<SnapshotDetails> List(FilterTerms filters) => EngineErrors.Translated<IReadOnlyList<SnapshotDetails>>(() =>
    {
        filters.RequireKnown("name", "from", "label", "label!");
        filters.RequirePatterns("name");
        return [.. _store.Snapshots().Where(snapshot =>
            filters.Matches("name", snapshot.Name.SnapshotName)
            && filters.IsOneOf("from", snapshot.Config.Snapshot?.From ?? "")
            && filters.MatchesLabels(snapshot.Config.Config?.Labels ?? s_noLabels))];
    });

    /// <summary>Tells all of one.</summary>
    /// <exception cref="EngineException">There is none.</exception>
    public SnapshotDetails Inspect(string name)
    {
        ImageReference parsed = SnapshotName.Parse(name);
        return EngineErrors.Translated(() => _store.Snapshot(parsed));
    }

    /// <summary>Removes one. What others were made from it keeps what it needs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="force">Where it is in use, the name alone.</param>
    /// <exception cref="EngineException">There is none, or it is in use.</exception>
    public void Remove(string name, bool force)
    {
        ImageReference parsed = SnapshotName.Parse(name);
        EngineErrors.Translated(() =>
        {
            _store.RemoveSnapshot(parsed, force);
            ImageEvents.Note(layout, "untag", parsed.ToFamiliarString(), parsed.ToFamiliarString());
            return true;
        });
    }
}
