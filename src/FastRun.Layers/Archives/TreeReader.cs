using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>
/// Reads a tree that hostile processes may be changing: each name is opened alone below a descriptor and never followed, a file
/// is looked at before it is opened for reading, and what has gone meanwhile is left out. Directories come before what is in
/// them, sockets not at all.
/// </summary>
/// <param name="sink">Takes each entry; of a file that has a size also the file, open for reading.</param>
/// <param name="selection">What is left out.</param>
internal sealed class TreeReader(Action<TreeEntry, Fd?> sink, TreeSelection selection)
{
    // Deeper names are longer than any system call takes.
    private const int DeepestLevel = LayerPath.MaxLength / 2;
    private const int MostLinks = 500_000;
    private const int MostSorted = 100_000;

    private readonly Dictionary<(ulong Device, ulong Inode), byte[]> _linked = [];

    /// <summary>Reads what a descriptor (O_PATH) names, and all below it.</summary>
    /// <param name="top">The file or directory.</param>
    /// <param name="name">What the entries call it; <c>.</c> for a directory whose content has no directory of its own.</param>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal void Read(Fd top, byte[] name) => Visit(top, name, FileAt.Stat(top).MountId, 0);

    private void Visit(Fd node, byte[] name, ulong mount, int level)
    {
        FileStatus status = FileAt.Stat(node);
        switch (status.Type)
        {
            case FileType.Directory:
                using (Fd directory = FileAt.Open(node, ".", OpenFlags.Read | OpenFlags.Directory))
                {
                    if (level > 0)
                    {
                        // One descriptor a level, so that deep trees can be read.
                        node.Dispose();
                    }

                    sink(Describe(status, [.. name, (byte)'/'], EntryType.Directory, Attributes(directory)), null);
                    if (status.MountId == mount || !selection.HiddenMounts.Contains(status.MountId))
                    {
                        Children(directory, name, status.MountId, level);
                    }
                }

                break;
            case FileType.Regular:
                if (!IsLink(status, name))
                {
                    using Fd file = FileAt.Open(null, DescriptorPath(node), OpenFlags.Read | OpenFlags.NonBlocking);
                    Tell(file, status, name);
                }

                break;
            case FileType.SymbolicLink:
                if (!IsLink(status, name) && FileAt.TryReadLink(node, "", out byte[] target) == Errno.None)
                {
                    sink(Describe(status, name, EntryType.SymbolicLink, []) with { LinkName = target }, null);
                }

                break;
            case FileType.CharacterDevice or FileType.BlockDevice:
                // The whiteouts of an upper may be one inode, and are no links of each other.
                if ((selection.KeepMarks && Overlay.IsWhiteout(status)) || !IsLink(status, name))
                {
                    EntryType type = status.Type == FileType.BlockDevice ? EntryType.BlockDevice : EntryType.CharacterDevice;
                    sink(Describe(status, name, type, []) with { Node = status.Node }, null);
                }

                break;
            case FileType.Fifo:
                if (!IsLink(status, name))
                {
                    sink(Describe(status, name, EntryType.Fifo, []), null);
                }

                break;
            default:
                break;
        }
    }

    private void Children(Fd directory, byte[] name, ulong mount, int level)
    {
        if (level == DeepestLevel)
        {
            throw new SyscallException("openat2", Errno.ENAMETOOLONG, LayerPath.ForMessage(name));
        }

        bool isTop = name is [(byte)'.'];
        foreach (DirectoryEntry entry in selection.Sorted ? Sorted(directory) : DirectoryContent.Read(directory))
        {
            byte[] path = isTop ? entry.Name : LayerPath.Join(name, entry.Name);
            if (selection.IsStill && entry.Type == FileType.Regular)
            {
                using Fd file = FileAt.Open(directory, entry.Name, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking);
                FileStatus status = FileAt.Stat(file);
                if (!IsLink(status, path))
                {
                    Tell(file, status, path);
                }

                continue;
            }

            using Fd? child = FileAt.TryOpen(
                directory, entry.Name, OpenFlags.PathOnly | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
            if (child is not null)
            {
                Visit(child, path, mount, level + 1);
            }
            else if (errno is not (Errno.ENOENT or Errno.ESTALE))
            {
                throw new SyscallException("openat2", errno, LayerPath.ForMessage(entry.Name));
            }
        }
    }

    private void Tell(Fd file, in FileStatus status, byte[] name) =>
        sink(Describe(status, name, EntryType.File, Attributes(file)) with { Size = status.Size }, file);

    private static IEnumerable<DirectoryEntry> Sorted(Fd directory)
    {
        List<DirectoryEntry> entries = [];
        using IEnumerator<DirectoryEntry> all = DirectoryContent.Read(directory).GetEnumerator();
        while (entries.Count < MostSorted && all.MoveNext())
        {
            entries.Add(all.Current);
        }

        entries.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        foreach (DirectoryEntry entry in entries)
        {
            yield return entry;
        }

        // What is kept of a directory is bounded: the rest comes as it comes.
        while (all.MoveNext())
        {
            yield return all.Current;
        }
    }

    /// <summary>Whether another name of the inode was read already; then it is an entry that says so.</summary>
    private bool IsLink(in FileStatus status, byte[] name)
    {
        if (status.LinkCount < 2)
        {
            return false;
        }

        if (_linked.TryGetValue((status.Device, status.Inode), out byte[]? first))
        {
            sink(Describe(status, name, EntryType.HardLink, []) with { LinkName = first }, null);
            return true;
        }

        // Beyond that many each name is a file of its own: what is remembered is bounded.
        if (_linked.Count < MostLinks)
        {
            _linked.Add((status.Device, status.Inode), name);
        }

        return false;
    }

    private TreeEntry Describe(
        in FileStatus status, byte[] name, EntryType type, IReadOnlyList<ExtendedAttribute> attributes) => new()
        {
            Name = name,
            Type = type,
            Permissions = status.Permissions,
            Uid = status.Uid,
            Gid = status.Gid,
            Modified = selection.Modified ?? status.Modified,
            Attributes = attributes,
        };

    private List<ExtendedAttribute> Attributes(Fd file)
    {
        List<ExtendedAttribute> found = [];
        foreach (string name in ExtendedAttributes.List(file))
        {
            // Labels of security modules say something about where the file is.
            bool isMark = selection.KeepMarks && name == Overlay.OpaqueAttribute;
            if ((isMark || !Overlay.IsOwn(name)) && name != "security.selinux" && ExtendedAttributes.Get(file, name) is { } value)
            {
                found.Add(new ExtendedAttribute(name, value));
            }
        }

        return found;
    }

    private static string DescriptorPath(Fd descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}");
}
