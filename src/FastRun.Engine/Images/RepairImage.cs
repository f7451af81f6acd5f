using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>Fetches the damaged layers of an image again from the registry that it came from.</summary>
public sealed class RepairImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Repairs an image; when it returns, the image is whole and on the disk.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="damagedLayers">Local ids of its layers that cannot be trusted; those that are missing need not be listed.</param>
    /// <param name="observer">Hears how it gets on.</param>
    /// <returns>The name by which it was fetched, with a digest.</returns>
    /// <exception cref="EngineException">
    /// It came from no registry that is known (NotFound), an image with one of these layers is in use (Conflict), or the
    /// registry does not give it: if a layer was it, the damaged ones are gone, and the image is pulled again by the next run.
    /// </exception>
    public string Run(Digest imageId, IReadOnlyCollection<string> damagedLayers, LoadObserver observer) =>
        PullImage.Pulling(observer, _ => _store.Repair(
            imageId, damagedLayers, RegistryAccess.Options(observer.Cancellation), observer).ToFamiliarString());
}
