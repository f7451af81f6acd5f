using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// Descriptors of the directories that were written to last. A tar goes through a tree directory by directory, so a few
/// spare nearly every walk.
/// </summary>
internal sealed class DirectoryCache(Fd root) : IDisposable
{
    /// <summary>A walk that leads nowhere but down.</summary>
    internal const ResolveFlags Strict = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks
        | ResolveFlags.NoMagicLinks | ResolveFlags.NoMountCrossing;

    private const int Capacity = 32;

    private readonly Dictionary<TreeNode, LinkedListNode<(TreeNode Node, Fd Fd)>> _open = [];
    private readonly LinkedList<(TreeNode Node, Fd Fd)> _recent = new();

    /// <summary>The directory's descriptor, which stays the cache's and is valid while at most one other is opened.</summary>
    internal Fd Open(TreeNode directory)
    {
        if (directory.Parent is null)
        {
            return root;
        }

        if (_open.TryGetValue(directory, out LinkedListNode<(TreeNode Node, Fd Fd)>? found))
        {
            _recent.Remove(found);
            _recent.AddFirst(found);
            return found.Value.Fd;
        }

        if (_open.Count == Capacity)
        {
            (TreeNode oldest, Fd fd) = _recent.Last!.Value;
            _recent.RemoveLast();
            _open.Remove(oldest);
            fd.Dispose();
        }

        // The tree is in our own staging directory, and yet no step of the walk may lead anywhere else.
        Fd opened = FileAt.OpenDirectory(root, directory.Path, Strict);
        _open.Add(directory, _recent.AddFirst((directory, opened)));
        return opened;
    }

    public void Dispose()
    {
        foreach ((_, Fd fd) in _recent)
        {
            fd.Dispose();
        }

        _recent.Clear();
        _open.Clear();
    }
}
