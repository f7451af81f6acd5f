using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers;

/// <summary>What a container has written: its upper directory, and below it what was that until the container was committed.</summary>
internal static class WrittenLayers
{
    /// <summary>The layers of a container that have a tree, topmost first. One that has none is a commit's that was killed before it took the upper.</summary>
    /// <exception cref="EngineException">A layer is gone, and with it what the container had written.</exception>
    internal static List<string> Of(StateLayout layout, ContainerRecord record)
    {
        List<string> layers = [];
        foreach (string id in record.Layers)
        {
            if (Exists(layout.LayerTree(id)))
            {
                layers.Add(id);
            }
            else if (!Exists(layout.Layer(id)))
            {
                throw new EngineException(
                    ErrorKind.CorruptContent, $"container {record.Name}: layer {id} is gone, which has what it wrote until it was committed");
            }
        }

        return layers;
    }

    /// <summary>The trees that a container has written, its upper directory first. One may be missing.</summary>
    internal static List<string> Trees(StateLayout layout, ContainerRecord record)
    {
        List<string> trees = [Upper(layout, record.Id)];
        foreach (string id in record.Layers)
        {
            trees.Add(layout.LayerTree(id));
        }

        return trees;
    }

    /// <summary>The bytes of the files that a container has written.</summary>
    internal static long Measure(StateLayout layout, ContainerRecord record)
    {
        long size = 0;
        foreach (string tree in Trees(layout, record))
        {
            size += TreeSize.Measure(tree);
        }

        return size;
    }

    /// <summary>A container's upper directory.</summary>
    internal static string Upper(StateLayout layout, string id) => Path.Combine(layout.Container(id), "upper");

    private static bool Exists(string path) => FileAt.TryStat(null, path, out _) == Errno.None;
}
