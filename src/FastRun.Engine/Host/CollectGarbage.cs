using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Cni;
using FastRun.Engine.Networks.Names;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>Reclaims what killed commands left behind and what nothing uses any more.</summary>
public sealed class CollectGarbage(StateLayout layout)
{
    /// <summary>
    /// How long images that are being brought are waited for: long enough for one that is being synced, and not for a large one on
    /// a slow line.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Collects, and tells what is gone.</summary>
    /// <param name="waiting">Called where images that are being brought are waited for.</param>
    /// <exception cref="EngineException">Something could not be removed.</exception>
    public CollectedGarbage Run(Action waiting) => EngineErrors.Translated(() =>
    {
        // Sandboxes first: they hold the images that they run.
        List<string> failures = [];
        int sandboxes = AbandonedSandboxes.Reclaim(layout, failures);
        new ContainerNames(layout).Sweep();
        NetworkGarbage.Collect(layout, failures);
        CniGarbage.Collect(layout, failures);
        NameServerConnection.Restore(layout);
        StepCache.Sweep(layout);
        ImageStore store = ContainerImageUsers.OpenStore(layout);
        GarbageReport images = store.CollectGarbage(waiting, s_patience);
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
