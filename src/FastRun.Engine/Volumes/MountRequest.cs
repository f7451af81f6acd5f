using System.Collections.Generic;

namespace FastRun.Engine.Volumes;

/// <summary>One mount that a front door asks for (Engine API, Mount).</summary>
public sealed record MountRequest
{
    /// <summary>What is mounted.</summary>
    public required MountKind Kind { get; init; }

    /// <summary>Bind: an absolute host path. Volume: its name, or null for an anonymous one. Tmpfs: null.</summary>
    public string? Source { get; init; }

    /// <summary>An absolute path in the container.</summary>
    public required string Target { get; init; }

    /// <summary>Whether the container may not write to it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The options of <c>-v</c> and <c>--tmpfs</c> as they were written, for who reads them back; null for the long form (<c>--mount</c>).</summary>
    public string? Written { get; init; }

    /// <summary>Bind: how mounts propagate; null for rprivate.</summary>
    public MountPropagation? Propagation { get; init; }

    /// <summary>Bind: do not include the mounts below the source (<c>bind-recursive=disabled</c>).</summary>
    public bool NonRecursive { get; init; }

    /// <summary>Bind: with <see cref="ReadOnly"/>, the mounts below the source stay writable (<c>bind-recursive=writable</c>).</summary>
    public bool WritableSubmounts { get; init; }

    /// <summary>Bind: make the source directory when it is missing (-v does, --mount does not).</summary>
    public bool CreateSource { get; init; }

    /// <summary>Bind: label the source for SELinux (<c>z</c>, <c>Z</c>), which means nothing on a host without SELinux.</summary>
    public bool Relabel { get; init; }

    /// <summary>Volume: it was named by the engine, and goes with the container when asked to.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Volume: do not fill an empty volume from the image.</summary>
    public bool NoCopy { get; init; }

    /// <summary>Volume: what it is made with if it is made now: the local driver's options, or null.</summary>
    public IReadOnlyDictionary<string, string>? VolumeOptions { get; init; }

    /// <summary>Volume: the labels it gets if it is made now, or null.</summary>
    public IReadOnlyDictionary<string, string>? VolumeLabels { get; init; }

    /// <summary>Volume: the directory in it that is mounted, relative to its root; null for the root.</summary>
    public string? Subpath { get; init; }

    /// <summary>It came from another container (<c>--volumes-from</c>).</summary>
    public bool Inherited { get; init; }

    /// <summary>Tmpfs: size in bytes; null for the kernel's default.</summary>
    public long? TmpfsSizeBytes { get; init; }

    /// <summary>Tmpfs: permission bits; null for 1777.</summary>
    public int? TmpfsMode { get; init; }

    /// <summary>Tmpfs: mount(8) option words other than size and mode (<c>exec</c>, <c>nosuid</c>, <c>uid=</c> ...).</summary>
    public string TmpfsOptions { get; init; } = "";
}
