using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Supervision;

/// <summary>
/// A note that somebody has stopped a container, so that its restart policy does not start it again: an empty file on the run
/// root.
/// </summary>
internal static class StopRequest
{
    private const string Name = "stop";
    private const string KeepName = "keep";

    /// <summary>Leaves the note; nothing where the container does not run.</summary>
    internal static void Make(StateLayout layout, string id) => Make(Path(layout, id, Name));

    /// <summary>Leaves the note that a container that removes itself when it ends is not to, for it is about to be started again.</summary>
    internal static void Keep(StateLayout layout, string id) => Make(Path(layout, id, KeepName));

    /// <summary>Whether it is not to remove itself.</summary>
    internal static bool Keeps(StateLayout layout, string id) => FileAt.TryStat(null, Path(layout, id, KeepName), out _) == Errno.None;

    /// <summary>Whether there is one.</summary>
    internal static bool Exists(StateLayout layout, string id) => FileAt.TryStat(null, Path(layout, id, Name), out _) == Errno.None;

    /// <summary>Takes both away.</summary>
    internal static void Clear(StateLayout layout, string id)
    {
        FileAt.TryUnlink(null, Path(layout, id, Name));
        FileAt.TryUnlink(null, Path(layout, id, KeepName));
    }

    private static void Make(string path)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.NoFollow;
        using Fd? note = FileAt.TryOpen(null, path, flags, 0x180, ResolveFlags.None, out _);
    }

    private static string Path(StateLayout layout, string id, string name) => System.IO.Path.Combine(layout.RunningContainer(id), name);
}
