using System.Collections.Generic;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>Notes what happens to volumes, in Docker's words (Engine API, SystemEvents).</summary>
internal static class VolumeEvents
{
    private static readonly Dictionary<string, string> s_driver = new() { ["driver"] = "local" };

    /// <summary>Notes <c>create</c> or <c>destroy</c>.</summary>
    internal static void Note(StateLayout layout, string volume, string action) =>
        EventJournal.Append(layout, EventType.Volume, action, volume, s_driver);

    /// <summary>Notes a prune.</summary>
    internal static void NotePrune(StateLayout layout, long reclaimed) => EventJournal.Append(
        layout,
        EventType.Volume,
        "prune",
        "",
        new Dictionary<string, string> { ["reclaimed"] = reclaimed.ToString(System.Globalization.CultureInfo.InvariantCulture) });
}
