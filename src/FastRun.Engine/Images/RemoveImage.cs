using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Removes an image's name, and the image with its last name.</summary>
public sealed class RemoveImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Removes what a name or an id stands for.</summary>
    /// <param name="image">A reference or the beginning of an image id.</param>
    /// <param name="force">Remove an image by its id even if it has several names.</param>
    /// <param name="platforms">What of it: an image is of one platform, so of another there is nothing to remove, and of its own all. None for all.</param>
    /// <exception cref="EngineException">There is no such image, or it is in use.</exception>
    public ImageRemoval Run(string image, bool force, IReadOnlyList<Platform>? platforms = null) => EngineErrors.Translated(() =>
    {
        foreach (Platform platform in platforms ?? [])
        {
            _store.Inspect(ImageLocation.Parse(image), platform);
        }

        ImageRemoval removal = _store.Remove(ImageLocation.Parse(image), force);
        foreach (string name in removal.Untagged)
        {
            ImageEvents.Note(layout, "untag", removal.ImageId, name);
        }

        foreach (string id in removal.Deleted)
        {
            ImageEvents.Note(layout, "delete", id, id);
        }

        return removal;
    });
}
