using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Deletes a tree that may have been made to hurt: symbolic links are removed and never followed, mounts are never
/// entered, unreadable directories are opened up, and any depth is handled with a bounded number of descriptors.
/// Nobody else may be writing to the tree.
/// </summary>
public static class TreeRemoval
{
    private const int MaxOpenLevels = 32;
    private const int OwnerOnly = 0x1C0;

    /// <summary>Deletes what a name stands for, with everything below it. A missing name is no error.</summary>
    /// <exception cref="SyscallException">Something could not be deleted (the first such failure); all else is gone.</exception>
    public static void Delete(Fd? parent, PathName path)
    {
        Errno errno = FileAt.TryUnlink(parent, path);
        if (errno is Errno.None or Errno.ENOENT)
        {
            return;
        }

        // unlinkat(2) of a directory gives EISDIR; POSIX allows EPERM.
        if (errno is not (Errno.EISDIR or Errno.EPERM))
        {
            throw new SyscallException("unlinkat", errno, path.ToString());
        }

        // The way to the tree may lead over mounts and links; from there on nothing may.
        path.Split(out PathName above, out PathName name);
        using Fd directory = FileAt.OpenDirectory(parent, above);
        Removal removal = new();
        using (Fd? top = removal.Enter(directory, name))
        {
            if (top is not null)
            {
                removal.Empty(top);
            }
        }

        removal.Note(FileAt.TryRemoveDirectory(directory, name), "unlinkat", path);
        removal.ThrowFirst();
    }

    /// <summary>One deletion: its first failure, and the names it gives to directories that lie too deep.</summary>
    private sealed class Removal
    {
        private Exception? _failure;
        private int _hoisted;
        private int _names;

        internal void ThrowFirst()
        {
            if (_failure is not null)
            {
                throw _failure;
            }
        }

        internal void Note(Errno errno, string syscall, PathName path)
        {
            if (errno is not (Errno.None or Errno.ENOENT))
            {
                _failure ??= new SyscallException(syscall, errno, path.ToString());
            }
        }

        internal Fd? Enter(Fd? parent, PathName path)
        {
            const OpenFlags flags = OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow;
            const ResolveFlags resolve = ResolveFlags.NoMountCrossing | ResolveFlags.NoMagicLinks;
            Fd? directory = FileAt.TryOpen(parent, path, flags, 0, resolve, out Errno errno);
            if (errno == Errno.EACCES)
            {
                OpenUp(parent, path);
                directory = FileAt.TryOpen(parent, path, flags, 0, resolve, out errno);
            }

            Note(errno, "openat2", path);
            return directory;
        }

        /// <summary>Empties a directory. What lies deeper than the open levels is moved up to it and emptied in a next round.</summary>
        internal void Empty(Fd top)
        {
            int before;
            do
            {
                before = _hoisted;
                FileContent.Seek(top, 0);
                EmptyBelow(top, top, 0);
            }
            while (_hoisted != before);
        }

        private void EmptyBelow(Fd top, Fd directory, int level)
        {
            List<byte[]> directories = [];
            foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
            {
                Errno errno = entry.Type == FileType.Directory ? Errno.EISDIR : FileAt.TryUnlink(directory, entry.Name);
                if (errno == Errno.EACCES)
                {
                    FileAt.ChangeMode(directory, OwnerOnly);
                    errno = FileAt.TryUnlink(directory, entry.Name);
                }

                if (errno == Errno.EISDIR)
                {
                    directories.Add(entry.Name);
                }
                else
                {
                    Note(errno, "unlinkat", entry.Name);
                }
            }

            foreach (byte[] name in directories)
            {
                RemoveDirectory(top, directory, name, level);
            }
        }

        private void RemoveDirectory(Fd top, Fd parent, byte[] name, int level)
        {
            Errno errno = FileAt.TryRemoveDirectory(parent, name);
            if (errno == Errno.EACCES)
            {
                FileAt.ChangeMode(parent, OwnerOnly);
                errno = FileAt.TryRemoveDirectory(parent, name);
            }

            if (errno is not (Errno.ENOTEMPTY or Errno.EEXIST or Errno.EBUSY))
            {
                Note(errno, "unlinkat", name);
                return;
            }

            if (level == MaxOpenLevels)
            {
                Hoist(top, parent, name);
                return;
            }

            using (Fd? directory = Enter(parent, name))
            {
                if (directory is null)
                {
                    return;
                }

                EmptyBelow(top, directory, level + 1);
            }

            Note(FileAt.TryRemoveDirectory(parent, name), "unlinkat", name);
        }

        /// <summary>Moves a directory up to the top, where the next round finds it.</summary>
        private void Hoist(Fd top, Fd parent, byte[] name)
        {
            Errno errno;
            do
            {
                string hoisted = ".deep-" + _names++.ToString(CultureInfo.InvariantCulture);
                errno = FileAt.TryRename(parent, name, top, hoisted, RenameFlags.NoReplace);
                if (errno == Errno.EACCES)
                {
                    OpenUp(parent, name);
                    errno = FileAt.TryRename(parent, name, top, hoisted, RenameFlags.NoReplace);
                }
            }
            while (errno == Errno.EEXIST);

            Note(errno, "renameat2", name);
            if (errno == Errno.None)
            {
                _hoisted++;
            }
        }

        /// <summary>Gives the owner all rights. Through a descriptor, because chmod by name follows symbolic links.</summary>
        private static void OpenUp(Fd? parent, PathName path)
        {
            using Fd? directory = FileAt.TryOpen(
                parent,
                path,
                OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow,
                0,
                ResolveFlags.NoMountCrossing,
                out _);
            if (directory is not null)
            {
                FileAt.ChangeMode(null, Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Number}"), OwnerOnly);
            }
        }
    }
}
