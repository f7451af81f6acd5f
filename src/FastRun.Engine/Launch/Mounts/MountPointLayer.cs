using System.Globalization;
using System.Threading;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>
/// A lower below every image's own layers with what the system's mounts cover, /proc, /dev, /etc/hosts and so on, so that
/// no upper needs them where an image lacks them. Being lowest, it changes nothing that an image has.
/// </summary>
internal static class MountPointLayer
{
    private const int DirectoryMode = 0b_111_101_101;
    private const int FileMode = 0b_110_100_100;

    // A process has one name for what it stages: the steps of a build, or a daemon's containers, start at once.
    private static readonly Lock s_making = new();

    /// <summary>Makes the layer; made by another at the same time, it is the same.</summary>
    internal static void Make(StateLayout layout)
    {
        lock (s_making)
        {
            if (FileAt.TryStat(null, layout.MountPoints, out _) != Errno.None)
            {
                Stage(layout);
            }
        }
    }

    private static void Stage(StateLayout layout)
    {
        FileAt.MakeDirectories(null, layout.Staging, 0b_111_000_000);
        string staged = $"{layout.Staging}/mountpoints-{System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        TreeRemoval.Delete(null, staged);
        FileAt.MakeDirectory(null, staged, DirectoryMode);

        // A collector takes an unlocked staging directory for an abandoned one; the launch that lost it fails cleanly.
        using FileLock? held = FileLock.TryAcquire(null, staged, FileLockMode.Exclusive, out _);
        Fd tree = held?.File ?? throw new SyscallException("flock", Errno.EAGAIN, staged);
        foreach (string name in (string[])["proc", "sys", "dev", "etc"])
        {
            FileAt.MakeDirectory(tree, name, DirectoryMode);
        }

        foreach (string target in SystemFiles.Targets)
        {
            using Fd file = FileAt.Open(
                tree, target[1..], OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, FileMode);
        }

        Errno errno = FileAt.TryRename(null, staged, null, layout.MountPoints, RenameFlags.NoReplace);
        if (errno != Errno.None)
        {
            TreeRemoval.Delete(null, staged);
            if (errno != Errno.EEXIST)
            {
                throw new SyscallException("renameat2", errno, layout.MountPoints);
            }
        }
    }
}
