using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Engine.Containers;

/// <summary>What the images of containers say, each read once.</summary>
internal sealed class ContainerImages(StateLayout layout)
{
    private static readonly Dictionary<string, string> s_noLabels = [];

    private readonly Dictionary<string, ImageDetails?> _images = new(StringComparer.Ordinal);
    private ImageStore? _store;

    /// <summary>A container's image; null for the image <c>host</c>, and for one that cannot be read.</summary>
    internal ImageDetails? Of(Container container)
    {
        string id = container.Record.ImageId;
        if (id.Length == 0)
        {
            return null;
        }

        if (!_images.TryGetValue(id, out ImageDetails? image))
        {
            _images.Add(id, image = Read(id));
        }

        return image;
    }

    /// <summary>The id of a container's image, which may have got another one since the container was made; empty for <c>host</c>.</summary>
    internal string IdOf(Container container) => ContainerImageUsers.SettledId(layout, container.Record.ImageId);

    /// <summary>The image's labels, then the container's own; later ones win.</summary>
    internal IReadOnlyDictionary<string, string> LabelsOf(Container container)
    {
        IReadOnlyDictionary<string, string> own = container.Record.Request.Labels;
        if (Of(container)?.Config.Config?.Labels is not { Count: > 0 } inherited)
        {
            return own.Count == 0 ? s_noLabels : own;
        }

        Dictionary<string, string> labels = new(inherited, StringComparer.Ordinal);
        foreach ((string key, string value) in own)
        {
            labels[key] = value;
        }

        return labels;
    }

    /// <summary>What a container occupies.</summary>
    internal ContainerSize SizeOf(Container container)
    {
        long writable = WrittenLayers.Measure(layout, container.Record);
        return new ContainerSize(writable, writable + (Of(container)?.Record.Size ?? 0));
    }

    /// <summary>The id of an image by name or id; null where there is none.</summary>
    internal string? IdOf(string nameOrId)
    {
        try
        {
            return Store.Inspect(ImageLocation.Parse(nameOrId)).Record.ImageId.ToString();
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            return null;
        }
    }

    private ImageStore Store => _store ??= ContainerImageUsers.OpenStore(layout);

    private ImageDetails? Read(string id)
    {
        try
        {
            return Store.Inspect(ImageLocation.Parse(id));
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            return null;
        }
    }
}
