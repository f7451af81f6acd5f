using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>What of a tree is read.</summary>
public sealed record TreeSelection
{
    /// <summary>Mounts (statx(2), stx_mnt_id) whose content is left out where they are met on the way down: their directories are empty.</summary>
    public IReadOnlySet<ulong> HiddenMounts { get; init; } = new HashSet<ulong>();

    /// <summary>Whether the tree is an upper directory of overlayfs, of which the marks are read too: whiteouts, and what makes a directory opaque.</summary>
    public bool KeepMarks { get; init; }

    /// <summary>Whether nobody changes the tree meanwhile, as that of a finished layer: what its directories say of a name is so.</summary>
    public bool IsStill { get; init; }

    /// <summary>Whether names come in the order of their bytes, but for directories that are too large for that.</summary>
    public bool Sorted { get; init; }

    /// <summary>When everything was modified, whatever its files say; null for their own times.</summary>
    public FileTime? Modified { get; init; }
}
