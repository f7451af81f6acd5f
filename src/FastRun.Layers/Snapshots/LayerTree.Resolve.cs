using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <content>Where a name leads, and the directories that it makes on its way.</content>
internal sealed partial class LayerTree
{
    // As many as the kernel follows (MAXSYMLINKS).
    private const int MaxLinks = 40;

    // Twice what a path can have (PATH_MAX): one of any image has some dozens. Forty links of the longest kind make 80,000.
    private const int MaxSteps = 4096;

    /// <summary>
    /// The directory of a plainly named entry, where the tree has all of the way there and no link on it: nearly always, and
    /// nothing is allocated for it.
    /// </summary>
    private bool TryWalk(ReadOnlySpan<byte> name, out TreeNode parent, out ReadOnlySpan<byte> last)
    {
        parent = _rootNode;
        last = name.TrimEnd((byte)'/');
        for (int slash; (slash = last.IndexOf((byte)'/')) >= 0; last = last[(slash + 1)..])
        {
            ReadOnlySpan<byte> component = last[..slash];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            // No directory is called "..".
            if (parent.Find(component) is not { IsDirectory: true } next)
            {
                return false;
            }

            parent = next;
        }

        return !last.IsEmpty
            && !last.SequenceEqual("."u8)
            && !last.SequenceEqual(".."u8)
            && !last.StartsWith(Whiteout.Prefix);
    }

    /// <summary>
    /// Walks to a directory, following symbolic links inside the root. Missing directories are made; without
    /// <paramref name="create"/> the answer is null then.
    /// </summary>
    private TreeNode? Resolve(List<byte[]> components, bool create, in LayerEntry entry)
    {
        Stack<byte[]> pending = new();
        PushReversed(pending, components);
        TreeNode at = _rootNode;
        int links = 0;
        int steps = 0;
        while (pending.TryPop(out byte[]? component))
        {
            if (++steps > MaxSteps)
            {
                throw Refused(in entry, "its path has too many components");
            }

            if (component is [(byte)'.', (byte)'.'])
            {
                at = at.Parent ?? at;
                continue;
            }

            TreeNode? next = at.Find(component) ?? FindOrMake(at, component, create, in entry);
            if (next is null)
            {
                return null;
            }

            if (next.LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw Refused(in entry, "its path has too many symbolic links");
            }

            at = target is [(byte)'/', ..] ? _rootNode : at;
            PushReversed(pending, Split(target));
        }

        return at;
    }

    /// <summary>What is no directory or link of this tree: a file, a whiteout, something of the layers below, or nothing.</summary>
    private TreeNode? FindOrMake(TreeNode parent, byte[] name, bool create, in LayerEntry entry)
    {
        byte[] path = LayerPath.Join(parent.Path, name);
        if (path.Length > LayerPath.MaxLength)
        {
            throw Refused(in entry, "its path is too long");
        }

        Fd directory = Cache.Open(parent);
        Errno errno = FileAt.TryStat(directory, name, out FileStatus status);
        if (errno == Errno.None)
        {
            if (!create)
            {
                return null;
            }

            if (!Overlay.IsWhiteout(status))
            {
                throw Refused(in entry, $"{LayerPath.ForMessage(path)} is not a directory");
            }

            FileAt.Unlink(directory, name);
            return MakeDirectory(parent, name, new() { Fresh = true });
        }

        if (errno != Errno.ENOENT)
        {
            throw new SyscallException("statx", errno, LayerPath.ForMessage(path));
        }

        LowerEntry? lower = parent.IsContentHidden ? null : _lowers?.Find(path);
        if (lower?.LinkTarget is { } target)
        {
            // It stays below; only the walk goes through it.
            return new TreeNode(parent, name) { LinkTarget = target };
        }

        if (!create && lower is null)
        {
            return null;
        }

        return lower is { Status.IsDirectory: true }
            ? MakeDirectory(parent, name, new() { Metadata = lower.ToMetadata(), Borrowed = true })
            : create ? MakeDirectory(parent, name, default) : null;
    }

    private TreeNode MakeDirectory(TreeNode parent, byte[] name, DirectoryState state)
    {
        FileAt.MakeDirectory(Cache.Open(parent), name, DefaultPermissions);
        return AddDirectory(parent, name, state with { Permissions = DefaultPermissions });
    }

    private TreeNode AddDirectory(TreeNode parent, ReadOnlySpan<byte> name, DirectoryState state)
    {
        _memory.AddNode(name.Length);
        _memory.Replace(null, state.Metadata);
        TreeNode node = new(parent, name.ToArray())
        {
            Metadata = state.Metadata,
            Borrowed = state.Borrowed,
            Fresh = state.Fresh,
            Holds = state.Holds,
            Permissions = state.Permissions,
        };
        parent.Add(node);
        _directories.Add(node);
        return node;
    }

    private static void MarkHolding(TreeNode directory)
    {
        for (TreeNode? node = directory; node is { Holds: false }; node = node.Parent)
        {
            node.Holds = true;
        }
    }

    private static List<byte[]> Split(byte[] target)
    {
        List<byte[]> components = [];
        ReadOnlySpan<byte> path = target;
        foreach (Range range in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = path[range];
            if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                components.Add(component.ToArray());
            }
        }

        return components;
    }

    private static void PushReversed(Stack<byte[]> pending, List<byte[]> components)
    {
        for (int i = components.Count - 1; i >= 0; i--)
        {
            pending.Push(components[i]);
        }
    }

    private static LayerException Refused(in LayerEntry entry, string why) =>
        new(LayerErrorKind.Malformed, $"entry {entry.ToString()}: {why}");

    /// <summary>How a directory begins.</summary>
    private readonly record struct DirectoryState
    {
        internal EntryMetadata? Metadata { get; init; }

        internal bool Borrowed { get; init; }

        internal bool Fresh { get; init; }

        internal bool Holds { get; init; }

        internal int Permissions { get; init; }
    }
}
