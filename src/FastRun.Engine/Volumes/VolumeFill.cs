using System.Collections.Generic;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Volumes;

/// <summary>
/// Fills an empty volume, or an empty directory in one. The directory that containers may already have mounted stays the same
/// inode, so the copy cannot simply be renamed over it: it is made aside, declared whole by a rename, and then moved in entry by
/// entry. A kill before the rename leaves the directory empty, and one after it leaves work that the next user of the volume completes.
/// </summary>
internal static class VolumeFill
{
    /// <summary>All of a volume.</summary>
    internal const string Whole = ".";

    private const OpenFlags Directory = OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow;

    /// <summary>Fills a directory of a volume from another one, unless something is in it, or it is none.</summary>
    /// <param name="volume">The volume's own directory.</param>
    /// <param name="source">What it is filled from.</param>
    /// <param name="below">The directory in the volume; containers write to it, so no link leads out.</param>
    internal static void Run(Fd volume, Fd source, string below = Whole)
    {
        // Entries come in only between the making and the removal of the finished copy: something in the volume and then
        // no such copy means that nobody is in the middle of it.
        if (!IsEmpty(volume, below) && !IsMoving(volume))
        {
            return;
        }

        using FileLock held = FileLock.Acquire(volume, VolumeFiles.FillLock, FileLockMode.Exclusive);
        MoveIn(volume);
        if (!IsEmpty(volume, below))
        {
            return;
        }

        TreeRemoval.Delete(volume, VolumeFiles.Unfinished);
        FileAt.TryUnlink(volume, VolumeFiles.Into);
        FileAt.MakeDirectory(volume, VolumeFiles.Unfinished, VolumeFiles.OwnerOnly);
        try
        {
            if (below != Whole)
            {
                FileAt.MakeSymbolicLink(below, volume, VolumeFiles.Into);
            }

            using (Fd copy = FileAt.Open(volume, VolumeFiles.Unfinished, Directory))
            {
                TreeCopy.Content(source, copy);
                FileContent.SyncFilesystem(copy);
            }

            // A container that was started with the volume empty may have written to it meanwhile: its files stay.
            if (IsEmpty(volume, below))
            {
                FileAt.Rename(volume, VolumeFiles.Unfinished, volume, VolumeFiles.Finished, RenameFlags.NoReplace);
                MoveIn(volume);
            }
        }
        finally
        {
            TreeRemoval.Delete(volume, VolumeFiles.Unfinished);
            if (!IsMoving(volume))
            {
                FileAt.TryUnlink(volume, VolumeFiles.Into);
            }
        }
    }

    /// <summary>Completes a fill that was cut off, if there is one.</summary>
    internal static void Recover(Fd volume)
    {
        if (IsMoving(volume))
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

        // A directory that is gone needs no files.
        using (Fd? data = TryOpen(volume, FileAt.TryReadLink(volume, VolumeFiles.Into, out byte[] into) == Errno.None ? Encoding.UTF8.GetString(into) : Whole))
        {
            if (data is not null)
            {
                Move(copy, data);
            }
        }

        TreeRemoval.Delete(volume, VolumeFiles.Finished);
        FileAt.TryUnlink(volume, VolumeFiles.Into);
    }

    private static void Move(Fd copy, Fd data)
    {
        FileStatus whole = FileAt.Stat(copy);
        List<DirectoryEntry> entries = [.. DirectoryContent.Read(copy)];
        foreach (DirectoryEntry entry in entries)
        {
            Errno errno = FileAt.TryRename(copy, entry.Name, data, entry.Name, RenameFlags.NoReplace);
            if (errno is not (Errno.None or Errno.EEXIST))
            {
                throw new SyscallException("renameat2", errno, entry.Text);
            }
        }

        // Moving changed the copy's own time, and the rest of its attributes are what the volume shall have.
        TreeCopy.Attributes(copy, data);
        FileAt.SetTimes(data, whole.Modified, whole.Modified);
    }

    private static bool IsMoving(Fd volume) => FileAt.TryStat(volume, VolumeFiles.Finished, out _) == Errno.None;

    private static Fd? TryOpen(Fd volume, string below)
    {
        using Fd data = FileAt.Open(volume, VolumeFiles.Data, Directory);
        return FileAt.TryOpen(data, below, OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out _);
    }

    /// <summary>Whether there is such a directory, with nothing in it.</summary>
    private static bool IsEmpty(Fd volume, string below)
    {
        using Fd? data = TryOpen(volume, below);
        if (data is null)
        {
            return false;
        }

        foreach (DirectoryEntry _ in DirectoryContent.Read(data))
        {
            return false;
        }

        return true;
    }
}
