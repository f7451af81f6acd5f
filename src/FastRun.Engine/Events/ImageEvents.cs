using System;
using System.Collections.Generic;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>Events about images, as Docker has them.</summary>
internal static class ImageEvents
{
    /// <summary>Notes that something happened to an image.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="action">What happened, in Docker's words.</param>
    /// <param name="id">Its id; for a pull the name with its tag.</param>
    /// <param name="name">Its name.</param>
    internal static void Note(StateLayout layout, string action, string id, string name) => EventJournal.Append(
        layout, EventType.Image, action, id, new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = name });
}
