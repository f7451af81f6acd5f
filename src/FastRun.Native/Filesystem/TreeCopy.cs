using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Copies a tree with everything an inode has: owner, mode, times, extended attributes, hard links, devices, holes. Names
/// are opened one by one below a descriptor and symbolic links are copied, never followed; mounts below the source are not
/// entered. Nobody else may be writing to the target.
/// </summary>
public sealed class TreeCopy
{
    // A path cannot be longer than 4,096 bytes, so no tool makes deeper trees; each level holds two descriptors.
    private const int DeepestLevel = 2048;
    private const int OwnerOnly = 0b_110_000_000;

    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _linked = [];
    private readonly Fd _top;
    private readonly bool _marks;

    private TreeCopy(Fd top, bool marks) => (_top, _marks) = (top, marks);

    /// <summary>Copies the content of a directory into an empty one, which then gets the first one's attributes too.</summary>
    /// <param name="source">A directory open for reading.</param>
    /// <param name="target">An empty directory that only the caller can reach, open for reading.</param>
    /// <exception cref="SyscallException">Something could not be copied; the target is then incomplete.</exception>
    public static void Content(Fd source, Fd target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        FileContent.Seek(source, 0);
        new TreeCopy(target, marks: false).Directory(source, target, [], 0);
        Attributes(source, target);
    }

    /// <summary>As <see cref="Content"/>, with what makes directories of an overlay's upper opaque.</summary>
    /// <param name="source">The upper directory, open for reading.</param>
    /// <param name="target">An empty directory that only the caller can reach, open for reading.</param>
    /// <exception cref="SyscallException">Something could not be copied; the target is then incomplete.</exception>
    public static void Upper(Fd source, Fd target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        FileContent.Seek(source, 0);
        new TreeCopy(target, marks: true).Directory(source, target, [], 0);
        Attributes(source, target);
    }

    /// <summary>Gives a directory the owner, mode, extended attributes and times of another.</summary>
    /// <param name="source">A directory open for reading.</param>
    /// <param name="target">Another.</param>
    public static void Attributes(Fd source, Fd target) =>
        Attributes(source, "."u8, FileAt.Stat(source), target, "."u8);

    private void Directory(Fd source, Fd target, byte[] path, int level)
    {
        if (level == DeepestLevel)
        {
            throw new SyscallException("openat2", Errno.ENAMETOOLONG, Encoding.UTF8.GetString(path));
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(source))
        {
            byte[] name = entry.Name;
            FileStatus status = FileAt.Stat(source, name);
            byte[] below = path.Length == 0 ? name : [.. path, (byte)'/', .. name];
            if (status.LinkCount > 1 && !status.IsDirectory)
            {
                if (_linked.TryGetValue((status.Device, status.Inode), out byte[]? first)
                    && FileAt.TryLink(_top, first, target, name) == Errno.None)
                {
                    continue;
                }

                _linked[(status.Device, status.Inode)] = below;
            }

            Entry(source, target, name, status, below, level);
            Attributes(source, name, status, target, name, _marks);
        }
    }

    private void Entry(Fd source, Fd target, byte[] name, in FileStatus status, byte[] path, int level)
    {
        const ResolveFlags resolve = ResolveFlags.NoMountCrossing | ResolveFlags.NoSymbolicLinks;
        const OpenFlags directory = OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow;
        switch (status.Type)
        {
            case FileType.Directory:
                FileAt.MakeDirectory(target, name, 0b_111_000_000);
                using (Fd? from = FileAt.TryOpen(source, name, directory, 0, resolve, out Errno errno))
                {
                    if (from is null && errno != Errno.EXDEV)
                    {
                        throw new SyscallException("openat2", errno, Encoding.UTF8.GetString(path));
                    }

                    if (from is not null)
                    {
                        using Fd to = FileAt.Open(target, name, directory, 0, resolve);
                        Directory(from, to, path, level + 1);
                    }
                }

                break;
            case FileType.Regular:
                using (Fd from = FileAt.Open(source, name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, resolve))
                using (Fd to = FileAt.Open(
                    target, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, OwnerOnly))
                {
                    FileCopy.Content(from, to);
                }

                break;
            case FileType.SymbolicLink:
                FileAt.MakeSymbolicLink(FileAt.ReadLink(source, name), target, name);
                break;
            default:
                FileAt.MakeNode(target, name, status.Type, OwnerOnly, status.Node);
                break;
        }
    }

    /// <summary>Owner before mode, because chown clears set-uid, and capabilities after both; times last.</summary>
    private static void Attributes(
        Fd source, ReadOnlySpan<byte> name, in FileStatus status, Fd target, ReadOnlySpan<byte> targetName, bool marks = false)
    {
        FileAt.ChangeOwner(target, targetName, status.Uid, status.Gid);
        if (status.Type != FileType.SymbolicLink)
        {
            FileAt.ChangeMode(target, targetName, status.Permissions);
        }

        foreach (string attribute in ExtendedAttributes.List(source, name))
        {
            if ((IsOfItsPlace(attribute) && !(marks && IsOpaqueMark(attribute))) || ExtendedAttributes.Get(source, name, attribute) is not { } value)
            {
                continue;
            }

            Errno errno = ExtendedAttributes.TrySet(target, targetName, attribute, value);
            if (errno is not (Errno.None or Errno.EOPNOTSUPP))
            {
                throw new SyscallException("lsetxattr", errno, attribute);
            }
        }

        FileAt.SetTimes(target, targetName, status.Modified, status.Modified);
    }

    private static bool IsOpaqueMark(string attribute) => attribute is "trusted.overlay.opaque" or "user.overlay.opaque";

    /// <summary>A label of the security module, or a mark of overlayfs, says something about where the file was.</summary>
    private static bool IsOfItsPlace(string attribute) =>
        attribute == "security.selinux"
        || attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal)
        || attribute.StartsWith("user.overlay.", StringComparison.Ordinal);
}
