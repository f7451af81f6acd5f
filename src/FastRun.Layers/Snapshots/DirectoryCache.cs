using System;
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

    private readonly (TreeNode? Node, Fd? Fd, long Used)[] _slots = new (TreeNode?, Fd?, long)[Capacity];
    private long _uses;

    /// <summary>The directory's descriptor, which stays the cache's and is valid while at most one other is opened.</summary>
    internal Fd Open(TreeNode directory)
    {
        if (directory.Parent is null)
        {
            return root;
        }

        int oldest = 0;
        for (int i = 0; i < Capacity; i++)
        {
            ref (TreeNode? Node, Fd? Fd, long Used) slot = ref _slots[i];
            if (slot.Node == directory)
            {
                slot.Used = ++_uses;
                return slot.Fd!;
            }

            oldest = slot.Used < _slots[oldest].Used ? i : oldest;
        }

        // The tree is in our own staging directory, and yet no step of the walk may lead anywhere else.
        Span<byte> path = stackalloc byte[directory.PathLength];
        directory.CopyPath(path);
        Fd opened = FileAt.OpenDirectory(root, (ReadOnlySpan<byte>)path, Strict);
        _slots[oldest].Fd?.Dispose();
        _slots[oldest] = (directory, opened, ++_uses);
        return opened;
    }

    public void Dispose()
    {
        foreach ((_, Fd? fd, _) in _slots)
        {
            fd?.Dispose();
        }

        Array.Clear(_slots);
    }
}
