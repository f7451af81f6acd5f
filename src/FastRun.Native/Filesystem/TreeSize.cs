using System.Collections.Generic;

namespace FastRun.Native.Filesystem;

/// <summary>How much a directory tree holds, while others may change it.</summary>
public static class TreeSize
{
    /// <summary>
    /// The bytes of the regular files below a directory, each inode once. Symbolic links are not followed, mounts are not
    /// entered, and what cannot be looked at is left out.
    /// </summary>
    public static long Measure(string path)
    {
        using Fd? root = FileAt.TryOpen(
            null, path, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
        if (root is null)
        {
            return 0;
        }

        long bytes = 0;
        HashSet<ulong> linked = [];
        Stack<string> pending = new(["."]);
        while (pending.TryPop(out string? name))
        {
            const ResolveFlags resolve = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMountCrossing;
            using Fd? directory = FileAt.TryOpen(root, name, OpenFlags.Read | OpenFlags.Directory, 0, resolve, out _);
            if (directory is null)
            {
                continue;
            }

            foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
            {
                if (FileAt.TryStat(directory, PathName.FromBytes(entry.Name), out FileStatus status) != Errno.None)
                {
                    continue;
                }

                if (status.IsDirectory)
                {
                    pending.Push($"{name}/{entry.Text}");
                }
                else if (status.Type == FileType.Regular && (status.LinkCount == 1 || linked.Add(status.Inode)))
                {
                    bytes += status.Size;
                }
            }
        }

        return bytes;
    }
}
