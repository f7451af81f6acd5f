using System.Collections.Generic;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Volumes;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>Notes what happens to volumes, in Docker's words (Engine API, SystemEvents).</summary>
internal static class VolumeEvents
{
    private static readonly Dictionary<string, string> s_driver = new() { ["driver"] = "local" };

    /// <summary>Notes <c>create</c> or <c>destroy</c>.</summary>
    internal static void Note(StateLayout layout, string volume, string action) =>
        EventJournal.Append(layout, EventType.Volume, action, volume, s_driver);

    /// <summary>Notes <c>mount</c> for each volume of a container that starts.</summary>
    internal static void NoteMounts(StateLayout layout, ContainerRecord record)
    {
        foreach (MountRequest mount in record.Request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Source: { } volume })
            {
                EventJournal.Append(layout, EventType.Volume, "mount", volume, new Dictionary<string, string>
                {
                    ["container"] = record.Id,
                    ["destination"] = mount.Target,
                    ["driver"] = "local",
                    ["propagation"] = "",
                    ["read/write"] = mount.ReadOnly ? "false" : "true",
                });
            }
        }
    }

    /// <summary>Notes <c>unmount</c> for each volume of a container that has ended.</summary>
    internal static void NoteUnmounts(StateLayout layout, ContainerRecord record)
    {
        foreach (MountRequest mount in record.Request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Source: { } volume })
            {
                EventJournal.Append(layout, EventType.Volume, "unmount", volume, new Dictionary<string, string>
                {
                    ["container"] = record.Id,
                    ["driver"] = "local",
                });
            }
        }
    }

    /// <summary>Notes a prune.</summary>
    internal static void NotePrune(StateLayout layout, long reclaimed) => EventJournal.Append(
        layout,
        EventType.Volume,
        "prune",
        "",
        new Dictionary<string, string> { ["reclaimed"] = reclaimed.ToString(System.Globalization.CultureInfo.InvariantCulture) });
}
