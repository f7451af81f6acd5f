using System;
using System.Collections.Generic;

namespace FastRun.Layers.Snapshots;

/// <summary>A directory or symbolic link of a tree that is being unpacked; only these decide where later names lead.</summary>
internal sealed class TreeNode(TreeNode? parent, byte[] name)
{
    private Dictionary<byte[], TreeNode>? _children;

    internal TreeNode? Parent { get; } = parent;

    internal byte[] Name { get; } = name;

    /// <summary>The target of a symbolic link; null for a directory.</summary>
    internal byte[]? LinkTarget { get; init; }

    /// <summary>The permissions that a directory was made with.</summary>
    internal int Permissions { get; init; }

    /// <summary>What the directory's entry says, or what a directory below lends; null while it has neither.</summary>
    internal EntryMetadata? Metadata { get; set; }

    /// <summary><see cref="Metadata"/> is lent by a directory below.</summary>
    internal bool Borrowed { get; set; }

    /// <summary>Something was put into it before its own entry came.</summary>
    internal bool UsedBeforeEntry { get; set; }

    /// <summary>Something other than whiteouts was put into it.</summary>
    internal bool Holds { get; set; }

    /// <summary>It got a whiteout or an opaque marker at some time.</summary>
    internal bool HasWhiteouts { get; set; }

    /// <summary>An opaque marker: what layers below have in it is gone, the directory itself is still theirs.</summary>
    internal bool Opaque { get; set; }

    /// <summary>It replaces what stood here, so nothing of it comes from below.</summary>
    internal bool Fresh { get; set; }

    /// <summary>It was replaced by a later entry.</summary>
    internal bool Removed { get; private set; }

    internal bool IsDirectory => LinkTarget is null;

    /// <summary>Whether layers below do not matter for the directory itself.</summary>
    internal bool IsHidden
    {
        get
        {
            TreeNode node = this;
            while (!node.Fresh)
            {
                if (node.Parent is null)
                {
                    return false;
                }

                node = node.Parent;
                if (node.Opaque)
                {
                    return true;
                }
            }

            return true;
        }
    }

    /// <summary>Whether layers below do not matter for what is in the directory.</summary>
    internal bool IsContentHidden => Opaque || IsHidden;

    /// <summary>How long the path from the root is, which is empty itself.</summary>
    internal int PathLength { get; } =
        parent is null ? 0 : parent.PathLength + (parent.PathLength == 0 ? 0 : 1) + name.Length;

    /// <summary>The path from the root.</summary>
    internal byte[] Path
    {
        get
        {
            byte[] path = new byte[PathLength];
            CopyPath(path);
            return path;
        }
    }

    /// <summary>Writes the path from the root to the beginning of a buffer that has room for it.</summary>
    internal void CopyPath(Span<byte> target)
    {
        for (TreeNode node = this; node.Parent is { } parent; node = parent)
        {
            int start = node.PathLength - node.Name.Length;
            node.Name.CopyTo(target[start..]);
            if (start > 0)
            {
                target[start - 1] = (byte)'/';
            }
        }
    }

    internal TreeNode? Find(ReadOnlySpan<byte> name) =>
        _children is not null
        && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out TreeNode? child)
            ? child
            : null;

    internal void Add(TreeNode child) =>
        (_children ??= new Dictionary<byte[], TreeNode>(ByteNameComparer.Instance)).Add(child.Name, child);

    /// <summary>Takes a child out of the tree, with everything below it.</summary>
    internal void Remove(TreeNode child)
    {
        _children?.Remove(child.Name);
        Stack<TreeNode> removed = new([child]);
        while (removed.TryPop(out TreeNode? node))
        {
            node.Removed = true;
            foreach (TreeNode below in (IEnumerable<TreeNode>?)node._children?.Values ?? [])
            {
                removed.Push(below);
            }
        }
    }
}
