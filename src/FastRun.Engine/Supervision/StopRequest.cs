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

    /// <summary>Leaves the note; nothing where the container does not run.</summary>
    internal static void Make(StateLayout layout, string id)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.NoFollow;
        using Fd? note = FileAt.TryOpen(null, Path(layout, id), flags, 0x180, ResolveFlags.None, out _);
    }

    /// <summary>Whether there is one.</summary>
    internal static bool Exists(StateLayout layout, string id) => FileAt.TryStat(null, Path(layout, id), out _) == Errno.None;

    /// <summary>Takes it away.</summary>
    internal static void Clear(StateLayout layout, string id) => FileAt.TryUnlink(null, Path(layout, id));

    private static string Path(StateLayout layout, string id) => System.IO.Path.Combine(layout.RunningContainer(id), Name);
}
