using System;
using System.Runtime.InteropServices;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Launch;

/// <summary><c>struct open_how</c> of openat2(2), for a step on the tape.</summary>
/// <param name="flags">O_* flags.</param>
/// <param name="mode">Permission bits of a file that is created.</param>
/// <param name="resolve">RESOLVE_* flags.</param>
[StructLayout(LayoutKind.Sequential, Size = 24)]
public readonly struct OpenHow(ulong flags, ulong mode, ulong resolve) : IEquatable<OpenHow>
{
    private const ulong RESOLVE_NO_XDEV = 1;
    private const ulong RESOLVE_NO_MAGICLINKS = 2;
    private const ulong RESOLVE_NO_SYMLINKS = 4;
    private const ulong RESOLVE_IN_ROOT = 0x10;

    private readonly ulong _flags = flags;
    private readonly ulong _mode = mode;
    private readonly ulong _resolve = resolve;

    /// <summary>An O_PATH descriptor of what the path names with the directory as its root; magic links end it.</summary>
    public static OpenHow PathInRoot => new(Flags(OpenFlags.PathOnly), 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

    /// <summary>As <see cref="PathInRoot"/>, of a directory.</summary>
    public static OpenHow DirectoryInRoot =>
        new(Flags(OpenFlags.PathOnly | OpenFlags.Directory), 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

    /// <summary>An O_PATH descriptor of a directory by an absolute path.</summary>
    public static OpenHow PlainDirectory => new(Flags(OpenFlags.PathOnly | OpenFlags.Directory), 0, RESOLVE_NO_MAGICLINKS);

    /// <summary>A file to be written, by an absolute path.</summary>
    public static OpenHow Write => new(Flags(OpenFlags.Write), 0, 0);

    /// <summary>A directory that no symbolic link leads to.</summary>
    public static OpenHow PlainDirectoryInRoot =>
        new(Flags(OpenFlags.PathOnly | OpenFlags.Directory), 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

    /// <summary>A file to be written on the very mount that the walk starts on, with no symbolic link on the way.</summary>
    public static OpenHow WriteOnMount =>
        new(Flags(OpenFlags.Write), 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);

    /// <summary>A file to be read and written, with no symbolic link on the way.</summary>
    public static OpenHow ReadWriteInRoot =>
        new(Flags(OpenFlags.ReadWrite), 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

    /// <summary>The values of this architecture, with O_CLOEXEC.</summary>
    private static ulong Flags(OpenFlags flags) => (uint)flags.ToKernel();

    /// <inheritdoc/>
    public bool Equals(OpenHow other) => (_flags, _mode, _resolve) == (other._flags, other._mode, other._resolve);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OpenHow other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_flags, _mode, _resolve);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(OpenHow left, OpenHow right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(OpenHow left, OpenHow right) => !left.Equals(right);
}
