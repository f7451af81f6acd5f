using System;
using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>A directory while a tree is being listed.</summary>
/// <param name="path">Below the tree's top; empty for the top.</param>
internal sealed class ListedDirectory(byte[] path)
{
    /// <summary>Below the tree's top; empty for the top.</summary>
    internal byte[] Path => path;

    /// <summary>Its path in the origin; only kept where there are patterns, but for the top's.</summary>
    internal string OriginPath { get; init; } = "";

    /// <summary>Its path in the tree; only kept where there are patterns.</summary>
    internal string TreePath { get; init; } = "";

    /// <summary>Which of the origin's patterns match it.</summary>
    internal bool[] Ignored { get; init; } = [];

    /// <summary>Which of the instruction's patterns match it.</summary>
    internal bool[] Excluded { get; init; } = [];

    /// <summary>Whether all in it is selected that no pattern leaves out.</summary>
    internal bool IsIncluded { get; init; }

    /// <summary>Whether it is meant itself, and not only for what is in it.</summary>
    internal bool IsIn { get; init; }

    /// <summary>What it was.</summary>
    internal FileStatus Status { get; set; }

    /// <summary>The names of what may be files, sorted; null once these have been looked at.</summary>
    internal List<byte[]>? Names { get; set; }

    /// <summary>The files, sorted. Places that are empty stand for what has gone.</summary>
    internal SelectedEntry[] Entries { get; set; } = [];

    /// <summary>The directories in it, sorted.</summary>
    internal List<ListedDirectory> Children { get; } = [];

    /// <summary>Closes the places that are empty.</summary>
    internal void Compact()
    {
        int kept = 0;
        foreach (ref readonly SelectedEntry entry in Entries.AsSpan())
        {
            if (entry.Name is not null)
            {
                Entries[kept++] = entry;
            }
        }

        Entries = kept == Entries.Length ? Entries : Entries[..kept];
    }
}
