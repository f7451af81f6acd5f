using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Volumes;

/// <summary>
/// Fills an empty volume. The directory that containers may already have mounted stays the same inode, so the copy cannot
/// simply be renamed over it: it is made aside, declared whole by a rename, and then moved in entry by entry. A kill before
/// the rename leaves an empty volume, and one after it leaves work that the next user of the volume completes.
/// </summary>
internal static class VolumeFill
{
    private const OpenFlags Directory = OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow;

    /// <summary>Fills a volume from a directory, unless something is in it.</summary>
    internal static void Run(Fd volume, Fd source)
    {
        // Entries come in only between the making and the removal of the finished copy: something in the volume and then
        // no such copy means that nobody is in the middle of it.
        if (!IsEmpty(volume) && FileAt.TryStat(volume, VolumeFiles.Finished, out _) == Errno.ENOENT)
        {
            return;
        }

        using FileLock held = FileLock.Acquire(volume, VolumeFiles.FillLock, FileLockMode.Exclusive);
        MoveIn(volume);
        if (!IsEmpty(volume))
        {
            return;
        }

        TreeRemoval.Delete(volume, VolumeFiles.Unfinished);
        FileAt.MakeDirectory(volume, VolumeFiles.Unfinished, VolumeFiles.OwnerOnly);
        try
        {
            using (Fd copy = FileAt.Open(volume, VolumeFiles.Unfinished, Directory))
            {
                TreeCopy.Content(source, copy);
                FileContent.SyncFilesystem(copy);
            }

            // A container that was started with the volume empty may have written to it meanwhile: its files stay.
            if (IsEmpty(volume))
            {
                FileAt.Rename(volume, VolumeFiles.Unfinished, volume, VolumeFiles.Finished, RenameFlags.NoReplace);
                MoveIn(volume);
            }
        }
        finally
        {
            TreeRemoval.Delete(volume, VolumeFiles.Unfinished);
        }
    }

    /// <summary>Completes a fill that was cut off, if there is one.</summary>
    internal static void Recover(Fd volume)
    {
        if (FileAt.TryStat(volume, VolumeFiles.Finished, out _) == Errno.None)
        {
            using FileLock held = FileLock.Acquire(volume, VolumeFiles.FillLock, FileLockMode.Exclusive);
            MoveIn(volume);
        }
    }

    private static void MoveIn(Fd volume)
    {
        using Fd? copy = FileAt.TryOpen(volume, VolumeFiles.Finished, Directory, 0, ResolveFlags.None, out Errno errno);
        if (copy is null)
        {
            if (errno != Errno.ENOENT)
            {
                throw new SyscallException("openat2", errno, VolumeFiles.Finished);
            }

            return;
        }

        using Fd data = FileAt.Open(volume, VolumeFiles.Data, Directory);
        FileStatus whole = FileAt.Stat(copy);
        List<DirectoryEntry> entries = [.. DirectoryContent.Read(copy)];
        foreach (DirectoryEntry entry in entries)
        {
            errno = FileAt.TryRename(copy, entry.Name, data, entry.Name, RenameFlags.NoReplace);
            if (errno is not (Errno.None or Errno.EEXIST))
            {
                throw new SyscallException("renameat2", errno, entry.Text);
            }
        }

        // Moving changed the copy's own time, and the rest of its attributes are what the volume shall have.
        TreeCopy.Attributes(copy, data);
        FileAt.SetTimes(data, whole.Modified, whole.Modified);
        TreeRemoval.Delete(volume, VolumeFiles.Finished);
    }

    private static bool IsEmpty(Fd volume)
    {
        using Fd data = FileAt.Open(volume, VolumeFiles.Data, Directory);
        foreach (DirectoryEntry _ in DirectoryContent.Read(data))
        {
            return false;
        }

        return true;
    }
}
