using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Host;

/// <summary>Measures what is kept on disk. Takes no lock, so nobody notices.</summary>
public sealed class MeasureDiskUsage(StateLayout layout)
{
    /// <summary>Measures.</summary>
    /// <param name="kinds">What of it: nothing else costs any time.</param>
    /// <exception cref="EngineException">The state cannot be read.</exception>
    public DiskUsage Run(DiskUsageKinds kinds = DiskUsageKinds.All) => EngineErrors.Translated(() =>
    {
        ImageStore images = ContainerImageUsers.OpenStore(layout);
        HeldLocks locks = HeldLocks.Read();
        bool hasImages = kinds.HasFlag(DiskUsageKinds.Images);
        return new DiskUsage(
            hasImages ? images.MeasureUsage() : new StoreUsage([], 0, 0),
            hasImages ? images.List() : [],
            kinds.HasFlag(DiskUsageKinds.Containers) ? Containers(locks) : [],
            kinds.HasFlag(DiskUsageKinds.Volumes) ? Volumes(locks) : [],
            kinds.HasFlag(DiskUsageKinds.BuildCache) ? new BuildCacheUsage(layout).Measure() : []);
    });

    /// <summary>Measures the images alone, by their ids.</summary>
    /// <exception cref="EngineException">The state cannot be read.</exception>
    public Dictionary<string, ImageUsage> OfImages() => EngineErrors.Translated(() =>
    {
        Dictionary<string, ImageUsage> images = [];
        foreach (ImageUsage image in ContainerImageUsers.OpenStore(layout).MeasureUsage().Images)
        {
            images[image.Id.ToString()] = image;
        }

        return images;
    });

    private List<ContainerUsage> Containers(HeldLocks locks)
    {
        List<ContainerUsage> found = [];
        foreach (string id in Sandbox.List(layout))
        {
            string directory = layout.Container(id);
            if (FileAt.TryStat(null, directory, out FileStatus status) == Errno.None)
            {
                found.Add(new ContainerUsage(id, TreeSize.Measure(Path.Combine(directory, "upper")), locks.Count(status) > 0));
            }
        }

        return found;
    }

    private List<VolumeUsage> Volumes(HeldLocks locks)
    {
        List<VolumeUsage> found = [];
        VolumeStore store = new(layout);
        VolumeUsers containers = VolumeUsers.Read(layout);
        foreach (VolumeSummary volume in store.List())
        {
            // A container that does not run holds no lock, and a sandbox without a name has no record.
            int holders = FileAt.TryStat(null, store.RecordOf(volume.Name), out FileStatus status) == Errno.None ? locks.Count(status) : 0;
            found.Add(new VolumeUsage(volume, TreeSize.Measure(volume.Mountpoint), int.Max(holders, containers.Of(volume.Name).Count)));
        }

        return found;
    }
}
