using FastRun.Layers;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>A layer without files, where something must be there to be mounted or listed.</summary>
internal static class EmptyLayer
{
    private const int DirectoryMode = 0b_111_101_101;

    /// <summary>Makes one. The caller holds <see cref="LayerStore.Lock"/> shared until a record lists it.</summary>
    internal static string Make(LayerStore layers, StateLayout layout)
    {
        string layer = layers.Reserve();
        FileAt.MakeDirectory(null, layout.LayerTree(layer), DirectoryMode);
        return layer;
    }
}
