using FastRun.Layers;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Images;

/// <summary>An upper directory of overlayfs that nobody mounts any more, on its way to be a layer.</summary>
internal static class UpperLayer
{
    /// <summary>
    /// Makes it the tree of a new layer by rename, or of a copy of it where it is on another file system. The caller holds
    /// <see cref="LayerStore.Lock"/> shared until a record lists the layer.
    /// </summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="layers">The store.</param>
    /// <param name="upper">The directory.</param>
    /// <returns>The layer's local id.</returns>
    /// <exception cref="SyscallException">It cannot be made; nothing of it stays.</exception>
    internal static string Make(StateLayout layout, LayerStore layers, string upper)
    {
        if (FileAt.Stat(null, upper).Device != FileAt.Stat(null, layout.Layers).Device)
        {
            using Fd directory = FileAt.Open(null, upper, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
            return layers.Copy(directory);
        }

        string layer = layers.Reserve();
        try
        {
            layers.Place(layer, upper);
            return layer;
        }
        catch
        {
            layers.Abandon(layer);
            throw;
        }
    }
}
