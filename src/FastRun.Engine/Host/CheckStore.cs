using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Host;

/// <summary>Verifies all that is kept of images against the digests that it came by.</summary>
public sealed class CheckStore(StateLayout layout)
{
    /// <summary>Reads everything, and tells what is damaged.</summary>
    /// <exception cref="EngineException">The store cannot be read.</exception>
    public StoreCheck Run()
    {
        StoreReport report = Check(repair: false);
        return new StoreCheck(report.Images, report.Layers, [], report.Damages);
    }

    /// <summary>
    /// Pulls damaged images again from the registries that they came from, then reads everything a second time and removes
    /// what is damaged still, so that it can be loaded again.
    /// </summary>
    /// <param name="pulling">Makes who hears of a pull.</param>
    /// <exception cref="EngineException">The store cannot be read, something could not be removed, or a signal came.</exception>
    public StoreCheck Repair(Func<LoadObserver> pulling)
    {
        ArgumentNullException.ThrowIfNull(pulling);
        StoreReport before = Check(repair: false);
        if (before.Damages.Count == 0)
        {
            return new StoreCheck(before.Images, before.Layers, [], []);
        }

        List<RepairedImage> pulled = [];
        Dictionary<Digest, string> failures = [];
        foreach (StoreDamage damage in before.Damages)
        {
            if (damage.ImageId is { } imageId)
            {
                try
                {
                    pulled.Add(new RepairedImage(damage, new RepairImage(layout).Run(imageId, damage.Layers, pulling())));
                }
                catch (EngineException e) when (e.Kind != ErrorKind.Interrupted)
                {
                    failures[imageId] = e.Message;
                }
            }
        }

        StoreReport after = Check(repair: true);
        return new StoreCheck(
            before.Images,
            before.Layers,
            pulled.FindAll(image => !after.Damages.Any(damage => damage.ImageId == image.Damage.ImageId)),
            [.. after.Damages.Select(damage => damage.ImageId is { } id && failures.TryGetValue(id, out string? failure)
                ? damage with { Reason = $"{damage.Reason} (not pulled again: {failure})" }
                : damage)]);
    }

    private StoreReport Check(bool repair) =>
        EngineErrors.Translated(() => ContainerImageUsers.OpenStore(layout).Check(repair));
}
