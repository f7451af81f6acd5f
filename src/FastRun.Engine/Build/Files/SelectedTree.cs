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

    private const int ChunkSize = 64;

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

    /// <summary>Whether there is nothing but the top.</summary>
    internal bool IsEmpty => Directories is [{ Entries.Length: 0 }] or [];

    /// <summary>The entry of a lone file.</summary>
    internal SelectedEntry File => Directories[0].Entries[0];

    /// <summary>Opens one of the directories (O_PATH).</summary>
    /// <exception cref="SyscallException">It has gone.</exception>
    internal Fd Open(SelectedDirectory directory) =>
        FileAt.OpenDirectory(Top, directory.Path.Length == 0 ? "."u8 : directory.Path, Below);

    /// <summary>Parts of the entries, each of one directory, that can be worked at beside each other; in the order of the directories.</summary>
    internal List<(SelectedDirectory Directory, int First, int Count)> Chunks()
    {
        List<(SelectedDirectory, int, int)> chunks = [];
        foreach (SelectedDirectory directory in Directories)
        {
            for (int at = 0; at < directory.Entries.Length; at += ChunkSize)
            {
                chunks.Add((directory, at, Math.Min(ChunkSize, directory.Entries.Length - at)));
            }
        }

        return chunks;
    }

    public void Dispose() => Top.Dispose();
}
