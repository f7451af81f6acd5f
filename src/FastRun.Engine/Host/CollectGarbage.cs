using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>Reclaims what killed commands left behind and what nothing uses any more.</summary>
public sealed class CollectGarbage(StateLayout layout)
{
    /// <summary>Collects, and tells what is gone.</summary>
    /// <exception cref="EngineException">Something could not be removed.</exception>
    public CollectedGarbage Run() => EngineErrors.Translated(() =>
    {
        // Sandboxes first: they hold the images that they run.
        List<string> failures = [];
        int sandboxes = AbandonedSandboxes.Reclaim(layout, failures);
        new ContainerNames(layout).Sweep();
        ImageStore store = ContainerImageUsers.OpenStore(layout);
        GarbageReport images = store.CollectGarbage();
        EvictionReport? eviction = layout.ImageLimit is { } limit ? store.Evict(limit) : null;
        foreach (string image in eviction?.Evicted ?? [])
        {
            ImageEvents.Note(layout, "delete", image, image);
        }

        return failures.Count == 0
            ? new CollectedGarbage(sandboxes, images, eviction)
            : throw new EngineException(ErrorKind.Internal, string.Join("; ", failures));
    });
}
