using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Roots;

/// <summary>The root file system of a container that is there already.</summary>
internal static class ContainerRoot
{
    /// <summary>Holds a container's image; null for the image <c>host</c>.</summary>
    /// <exception cref="Layers.Images.ImageNotFoundException">It is gone.</exception>
    internal static ImageLease? LeaseImage(StateLayout layout, ContainerRecord record, RunResources owned) =>
        record.ImageId.Length == 0
            ? null
            : owned.Own(ContainerImageUsers.OpenStore(layout).Open(ImageLocation.Parse(record.ImageId), platform: null));

    /// <summary>
    /// Mounts it, detached. The caller holds the container. Whoever is in a mount of an earlier run still, copying files, is waited
    /// for: two overlays must not share one upper directory (overlayfs.rst, "undefined behavior").
    /// </summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="record">What the container is.</param>
    /// <param name="image">Its image; null for <c>host</c>.</param>
    /// <param name="sandbox">The container.</param>
    /// <param name="owned">Takes the mount.</param>
    /// <exception cref="EngineException">The kernel cannot make it, or somebody goes on copying.</exception>
    internal static Fd Mount(StateLayout layout, ContainerRecord record, ImageLease? image, Sandbox sandbox, RunResources owned)
    {
        sandbox.RestoreUpper();
        FileLock? alone = null;
        if (!ContainerLock.TryPatiently(() => (alone = FileLock.TryAcquire(null, sandbox.Upper, FileLockMode.Exclusive, out _)) is not null))
        {
            throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(sandbox.Id)}: files of its last run are still being copied");
        }

        using (alone)
        {
            return owned.Own(ImageRoot.Mount(layout, image?.Record, WrittenLayers.Of(layout, record), sandbox));
        }
    }
}
