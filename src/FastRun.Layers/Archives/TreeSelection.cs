using System.Collections.Generic;

namespace FastRun.Layers.Archives;

/// <summary>What of a tree is read.</summary>
public sealed record TreeSelection
{
    /// <summary>Mounts (statx(2), stx_mnt_id) whose content is left out where they are met on the way down: their directories are empty.</summary>
    public IReadOnlySet<ulong> HiddenMounts { get; init; } = new HashSet<ulong>();
}
