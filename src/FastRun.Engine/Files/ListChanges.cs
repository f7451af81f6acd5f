using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>What a container has changed of its image's files (<c>docker diff</c>). Mounts nothing and takes no lock of the container.</summary>
public sealed class ListChanges(StateLayout layout)
{
    /// <summary>Lists the changes by path.</summary>
    /// <exception cref="EngineException">The container or its image is gone.</exception>
    public IReadOnlyList<TreeChange> Run(Container container) => EngineErrors.Translated<IReadOnlyList<TreeChange>>(() =>
    {
        RunResources owned = new();
        try
        {
            ImageLease? image = ContainerRoot.LeaseImage(layout, container.Record, owned);
            List<string> lowers = [];
            foreach (string layer in image?.Record.LayerIds ?? [])
            {
                lowers.Add(layout.LayerTree(layer));
            }

            if (ImageRoot.IsHosts(image?.Record))
            {
                lowers.Add("/");
            }

            if (FileAt.TryStat(null, layout.MountPoints, out _) == Errno.None)
            {
                lowers.Add(layout.MountPoints);
            }

            return UpperChanges.List(WrittenLayers.Trees(layout, container.Record), lowers);
        }
        finally
        {
            owned.Release();
        }
    });
}
