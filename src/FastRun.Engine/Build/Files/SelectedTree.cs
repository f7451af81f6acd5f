using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>What one source selects: a file, or the content of a directory.</summary>
internal sealed class SelectedTree : IDisposable
{
    /// <summary>How directories below the top are opened: nothing is followed, nothing leads out.</summary>
    internal const ResolveFlags Below = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks;

    internal SelectedTree(Fd top, bool isDirectory) => (Top, IsDirectory) = (top, isDirectory);

    /// <summary>The directory that paths are relative to (O_PATH).</summary>
    internal Fd Top { get; }

    /// <summary>What a lone file is called at the destination; null for a directory.</summary>
    internal string? Alias { get; init; }

    /// <summary>Whether the directory's own time is meant: that of a whole context is nobody's.</summary>
    internal bool HasTime { get; init; }

    /// <summary>Whether it is a directory's content; otherwise it is the one entry of the top, which then is its parent.</summary>
    internal bool IsDirectory { get; }

    /// <summary>Directories, each before those in it; the first is the top.</summary>
    internal List<SelectedDirectory> Directories { get; } = [];

    /// <summary>What is in them and no directory; of one directory behind each other, in the order of their names' bytes.</summary>
    internal List<SelectedEntry> Entries { get; } = [];

    /// <summary>Opens one of the directories (O_PATH).</summary>
    /// <exception cref="SyscallException">It has gone.</exception>
    internal Fd Open(in SelectedDirectory directory) =>
        FileAt.OpenDirectory(Top, directory.Path.Length == 0 ? "."u8 : directory.Path, Below);

    public void Dispose() => Top.Dispose();
}
