using System.Collections.Generic;

namespace FastRun.Layers.Archives;

/// <summary>How entries become files.</summary>
public sealed record TreeTarget
{
    /// <summary>Whether what is made belongs to whom the entries state; otherwise to this process's user.</summary>
    public bool KeepOwner { get; init; } = true;

    /// <summary>Who owns what is made, whatever the entries state; null for nobody in particular.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    /// <summary>
    /// Whether what gives rights to whoever can reach the file comes along: set-user-ID and set-group-ID bits, file capabilities
    /// and other attributes of the kernel's.
    /// </summary>
    public bool KeepPrivileges { get; init; } = true;

    /// <summary>The mounts (statx(2), stx_mnt_id) in which device nodes may be made; null for all.</summary>
    public IReadOnlySet<ulong>? DeviceMounts { get; init; }

    /// <summary>The most bytes that the tar may have, uncompressed.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>What messages call the target, for example <c>container web</c>.</summary>
    public string Description { get; init; } = "the target";
}
