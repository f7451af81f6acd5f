using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Snapshots;

namespace FastRun.Engine.Images;

/// <summary>How an image came to be (<c>docker history</c>).</summary>
public sealed class ImageHistory(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>The steps, newest first.</summary>
    /// <param name="image">A name or an id.</param>
    /// <param name="platform">What it must be built for; null for whatever is there.</param>
    /// <exception cref="EngineException">There is no such image, or its documents are damaged.</exception>
    public IReadOnlyList<HistoryLine> Run(string image, Platform? platform = null) => EngineErrors.Translated(() =>
    {
        ImageDetails details = _store.Inspect(ImageLocation.Parse(image), platform);
        LayerStore layers = new(layout);
        Dictionary<Digest, long> sizes = [];
        foreach (string layer in details.Record.LayerIds)
        {
            sizes[layers.DiffId(layer)] = layers.FilesSize(layer);
        }

        List<HistoryLine> lines = [];
        int next = 0;
        foreach (HistoryEntry entry in Whole(details.Config))
        {
            // A layer that an opaque one above hides is not kept: nothing of it is in the image.
            long size = entry.EmptyLayer != true && next < details.Config.DiffIds.Count
                ? sizes.GetValueOrDefault(details.Config.DiffIds[next++])
                : 0;
            lines.Add(new HistoryLine(null, Time(entry.Created), entry.CreatedBy ?? "", size, entry.Comment ?? ""));
        }

        lines.Reverse();
        if (lines.Count > 0)
        {
            lines[0] = lines[0] with { Id = details.Record.ImageId.ToString() };
        }

        return lines;
    });

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time.ToUniversalTime() : null;

    /// <summary>A config's history with an entry for each layer: those that it does not tell of are put before it.</summary>
    internal static IReadOnlyList<HistoryEntry> Whole(ImageConfig config)
    {
        List<HistoryEntry> told = [.. (config.History ?? []).Where(static entry => entry is not null)];
        int missing = config.DiffIds.Count - told.Count(static entry => entry.EmptyLayer != true);
        return missing <= 0 ? told : [.. Enumerable.Repeat(new HistoryEntry { Created = config.Created }, missing), .. told];
    }
}
