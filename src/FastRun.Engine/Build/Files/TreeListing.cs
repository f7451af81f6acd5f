using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// Lists a tree for a build: what patterns leave out is not there, directories that are left out are there as far as something
/// in them is not. Sockets never are.
/// </summary>
internal sealed class TreeListing
{
    private const int MostEntries = 4_000_000;
    private const int DeepestLevel = 2048;

    private readonly SelectedTree _tree;
    private readonly IgnorePatterns _ignore;
    private readonly IgnorePatterns _excludes;
    private readonly PathPattern? _include;

    /// <summary>A listing.</summary>
    /// <param name="tree">Gets what is found.</param>
    /// <param name="ignore">What the origin leaves out.</param>
    /// <param name="excludes">What the instruction leaves out, relative to the tree's top.</param>
    /// <param name="include">What it selects: paths that match, and all below them; null for everything.</param>
    internal TreeListing(SelectedTree tree, IgnorePatterns ignore, IgnorePatterns excludes, PathPattern? include) =>
        (_tree, _ignore, _excludes, _include) = (tree, ignore, excludes, include);

    /// <summary>Lists a directory.</summary>
    /// <param name="top">The directory (O_PATH).</param>
    /// <param name="path">Its path in the origin, for the origin's patterns; empty for the origin itself.</param>
    /// <exception cref="EngineException">There are too many files.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal void List(Fd top, string path)
    {
        bool[] ignored = Above(_ignore, path);
        Directory(top, new Level([], path, "", ignored, Above(_excludes, ""), _include is null, path.Length == 0 || !Excluded(_ignore, path)), 0);
    }

    /// <summary>Adds a lone file.</summary>
    internal void Add(byte[] name, FileStatus status, FileStatus parent)
    {
        _tree.Entries.Add(new SelectedEntry(name, status));
        _tree.Directories.Add(new SelectedDirectory([], parent, 0, 1));
    }

    private readonly record struct Level(
        byte[] Path, string OriginPath, string TreePath, bool[] Ignored, bool[] Excluded, bool Included, bool IsIn);

    private void Directory(Fd parent, Level level, int depth)
    {
        List<SelectedEntry> files = [];
        List<(SelectedEntry Entry, Level Level)> directories = [];
        int place = _tree.Directories.Count;
        if (depth > DeepestLevel)
        {
            throw new SyscallException("openat2", Errno.ENAMETOOLONG, level.OriginPath);
        }

        using (Fd directory = FileAt.Open(parent, ".", OpenFlags.Read | OpenFlags.Directory))
        {
            FileStatus own = FileAt.Stat(directory);
            bool[] ignored = new bool[_ignore.Count];
            bool[] excluded = new bool[_excludes.Count];
            foreach (DirectoryEntry name in DirectoryContent.Read(directory))
            {
                string text = _ignore.IsEmpty && _excludes.IsEmpty && _include is null ? "" : name.Text;
                string originPath = text.Length == 0 || level.OriginPath.Length == 0 ? text : $"{level.OriginPath}/{text}";
                string treePath = text.Length == 0 || level.TreePath.Length == 0 ? text : $"{level.TreePath}/{text}";
                bool isOut = !_ignore.IsEmpty && _ignore.IsExcluded(originPath, level.Ignored, ignored);
                isOut |= !_excludes.IsEmpty && _excludes.IsExcluded(treePath, level.Excluded, excluded);
                bool included = level.Included || _include!.Matches(treePath);
                if (name.Type is not (FileType.Directory or FileType.Unknown) && (isOut || !included))
                {
                    continue;
                }

                Errno errno = FileAt.TryStat(directory, name.Name, out FileStatus status);
                if (errno == Errno.ENOENT || status.Type == FileType.Socket)
                {
                    continue;
                }

                if (errno != Errno.None)
                {
                    throw new SyscallException("statx", errno, originPath.Length > 0 ? originPath : name.Text);
                }

                SelectedEntry entry = new(name.Name, status);
                if (!status.IsDirectory)
                {
                    if (!isOut && included)
                    {
                        files.Add(entry);
                    }
                }
                else if ((included || LeadsToIncluded(treePath)) && (!isOut || _ignore.MayReach(originPath) || _excludes.MayReach(treePath)))
                {
                    byte[] path = level.Path.Length == 0 ? name.Name : [.. level.Path, (byte)'/', .. name.Name];
                    directories.Add((entry, new Level(path, originPath, treePath, Copy(ignored), Copy(excluded), included, !isOut && included)));
                }
            }

            files.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
            directories.Sort(static (a, b) => a.Entry.Name.AsSpan().SequenceCompareTo(b.Entry.Name));
            _tree.Directories.Add(new SelectedDirectory(level.Path, own, _tree.Entries.Count, files.Count));
            _tree.Entries.AddRange(files);
        }

        if (_tree.Entries.Count + _tree.Directories.Count > MostEntries)
        {
            throw new EngineException(ErrorKind.ResourceExhausted, $"there are more than {MostEntries} files to copy");
        }

        foreach ((SelectedEntry entry, Level below) in directories)
        {
            using Fd child = FileAt.OpenDirectory(parent, entry.Name, SelectedTree.Below);
            Directory(child, below, depth + 1);
        }

        // A directory that is not meant itself is there only for what is in it.
        if (!level.IsIn && depth > 0 && files.Count == 0 && _tree.Directories.Count == place + 1)
        {
            _tree.Directories.RemoveAt(place);
        }
    }

    private bool LeadsToIncluded(ReadOnlySpan<char> directory)
    {
        ReadOnlySpan<char> start = _include!.LiteralStart;
        int common = Math.Min(start.Length, directory.Length);
        return start[..common].SequenceEqual(directory[..common])
            && (start.Length <= directory.Length ? _include.HasWildcard : start[directory.Length] == '/');
    }

    private static bool[] Copy(bool[] matches) => matches.Length == 0 ? matches : [.. matches];

    private static bool Excluded(IgnorePatterns patterns, string path) => patterns.IsExcluded(path);

    /// <summary>What patterns say of a directory, asked from the top down.</summary>
    private static bool[] Above(IgnorePatterns patterns, string path)
    {
        bool[] above = [];
        if (patterns.IsEmpty || path.Length == 0)
        {
            return above;
        }

        for (int end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            bool[] matches = new bool[patterns.Count];
            patterns.IsExcluded(end < 0 ? path : path.AsSpan(0, end), above, matches);
            above = matches;
            if (end < 0)
            {
                return above;
            }
        }
    }
}
