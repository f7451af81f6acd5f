using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>
/// What the mounts of a RUN are mounted on where the image has nothing there: empty directories and files in a lower below all
/// layers, so that none of it is in the step's own layer, and nothing has to be removed afterwards.
/// </summary>
internal static class MountStubs
{
    private const string DirectoryName = "stubs";
    private const string EmptyName = "empty";
    private const int DirectoryMode = 0b_111_101_101;
    private const int FileMode = 0b_110_100_100;

    /// <summary>Makes them.</summary>
    /// <param name="layout">Where the layers are.</param>
    /// <param name="layers">The layers below, topmost first.</param>
    /// <param name="sandbox">Whose directory they are made in.</param>
    /// <param name="targets">Absolute clean paths, parents before what is below them.</param>
    /// <returns>The lower; null where the image has all.</returns>
    internal static string? Make(
        StateLayout layout, IReadOnlyList<string> layers, Sandbox sandbox, IReadOnlyList<(string Path, bool IsDirectory)> targets)
    {
        List<(string Path, bool IsDirectory)> wanted = [.. targets.Where(static target => !IsSystem(target.Path))];
        if (wanted.Count == 0)
        {
            return null;
        }

        string empty = Path.Combine(sandbox.Directory, EmptyName);
        FileAt.MakeDirectory(null, empty, DirectoryMode);
        OverlayLower[] lowers =
            [.. layers.Select(layer => OverlayLower.OfHost(layout.LayerTree(layer))), OverlayLower.OfHost(sandbox.Upper), OverlayLower.OfHost(empty)];
        using Fd image = RootFilesystem.MountReadOnly(lowers, sandbox);
        string? stubs = null;
        foreach ((string path, bool isDirectory) in wanted)
        {
            if (MissingIn(image, path) is { } place)
            {
                stubs ??= Begin(sandbox);
                Make(stubs, place, isDirectory);
            }
        }

        return stubs;
    }

    /// <summary>What the container's own mounts cover.</summary>
    private static bool IsSystem(string path) =>
        MountPlanner.IsBelow(path, "/dev") || MountPlanner.IsBelow(path, "/sys") || MountPlanner.IsBelow(path, "/proc");

    private static string Begin(Sandbox sandbox)
    {
        string stubs = Path.Combine(sandbox.Directory, DirectoryName);
        FileAt.MakeDirectory(null, stubs, DirectoryMode);
        return stubs;
    }

    /// <summary>
    /// Where a path that is not there would be, all links of what is there followed; null where it is there, or a link that leads
    /// nowhere is in the way, which is left to the launch.
    /// </summary>
    private static string? MissingIn(Fd image, string path)
    {
        string there = "/";
        int start = 1;
        while (true)
        {
            int end = path.IndexOf('/', start);
            string prefix = end < 0 ? path : path[..end];
            if (RootTree.Resolve(image, prefix) is not { } resolved)
            {
                string name = prefix[start..];
                using Fd parent = RootTree.OpenDirectory(image, there);
                return FileAt.TryReadLink(parent, name, out _) == Errno.None ? null : $"{there.TrimEnd('/')}/{path[start..]}";
            }

            there = resolved;
            if (end < 0)
            {
                return null;
            }

            start = end + 1;
        }
    }

    /// <summary>In a tree that nobody else writes to; the names of the path are no links.</summary>
    private static void Make(string stubs, string place, bool isDirectory)
    {
        using Fd root = FileAt.Open(null, stubs, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow);
        int last = place.LastIndexOf('/');
        RootTree.EnsureDirectory(root, isDirectory ? place : last == 0 ? "/" : place[..last]);
        if (!isDirectory)
        {
            using Fd? file = FileAt.TryOpen(
                root, place[1..], OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, FileMode, ResolveFlags.Beneath, out _);
        }
    }
}
