using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// Lists a tree for a build: what patterns leave out is not there, directories that are left out are there as far as something
/// in them is not. Sockets never are. It goes level by level, because the directories of one can be read beside each other.
/// </summary>
internal sealed class TreeListing
{
    private const int MostEntries = 4_000_000;
    private const int DeepestLevel = 2048;

    // More names in a directory than that are looked at by several threads.
    private const int LargeDirectory = 256;
    private const int ChunkSize = 256;

    // A few directories are read sooner than a thread begins.
    private const int DirectoriesOfThread = 8;

    private readonly SelectedTree _tree;
    private readonly IgnorePatterns _ignore;
    private readonly IgnorePatterns _excludes;
    private readonly PathPattern? _include;
    private readonly bool _hasPatterns;
    private int _found;

    /// <summary>A listing.</summary>
    /// <param name="tree">Gets what is found.</param>
    /// <param name="ignore">What the origin leaves out.</param>
    /// <param name="excludes">What the instruction leaves out, relative to the tree's top.</param>
    /// <param name="include">What it selects: paths that match, and all below them; null for everything.</param>
    internal TreeListing(SelectedTree tree, IgnorePatterns ignore, IgnorePatterns excludes, PathPattern? include)
    {
        (_tree, _ignore, _excludes, _include) = (tree, ignore, excludes, include);
        _hasPatterns = !ignore.IsEmpty || !excludes.IsEmpty || include is not null;
    }

    /// <summary>Lists the tree.</summary>
    /// <param name="path">The top's path in the origin, for the origin's patterns; empty for the origin itself.</param>
    /// <exception cref="EngineException">There are too many files.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal void List(string path)
    {
        ListedDirectory top = new([])
        {
            OriginPath = path,
            Ignored = Above(_ignore, path),
            IsIncluded = _include is null,
            IsIn = path.Length == 0 || !_ignore.IsExcluded(path),
        };
        List<ListedDirectory> level = [top];
        for (int depth = 0; level.Count > 0; depth++)
        {
            if (depth > DeepestLevel)
            {
                throw new SyscallException("openat2", Errno.ENAMETOOLONG, Encoding.UTF8.GetString(level[0].Path));
            }

            List<ListedDirectory> directories = level;
            SideBySide.Run(directories.Count, i => Read(directories[i]), DirectoriesOfThread);
            LookAtLarge(directories);
            level = [];
            directories.ForEach(directory => level.AddRange(directory.Children));
        }

        Add(top, isTop: true);
    }

    /// <summary>Adds a lone file.</summary>
    internal void Add(byte[] name, FileStatus status, FileStatus parent) =>
        _tree.Directories.Add(new SelectedDirectory([], parent, [new SelectedEntry(name, status)]));

    private Fd Open(ListedDirectory directory) => FileAt.Open(
        _tree.Top, directory.Path.Length == 0 ? "."u8 : directory.Path, OpenFlags.Read | OpenFlags.Directory, 0, SelectedTree.Below);

    /// <summary>Reads a directory's names, and looks at the files unless they are many.</summary>
    private void Read(ListedDirectory directory)
    {
        using Fd opened = Open(directory);
        directory.Status = FileAt.Stat(opened);
        List<byte[]> files = [];
        int found = 0;
        bool[] ignored = new bool[_ignore.Count];
        bool[] excluded = new bool[_excludes.Count];
        JoinedPath inOrigin = new(directory.OriginPath);
        JoinedPath inTree = new(directory.TreePath);
        foreach (DirectoryEntry entry in DirectoryContent.Read(opened))
        {
            bool isOut = false;
            bool included = directory.IsIncluded;
            if (_hasPatterns)
            {
                inOrigin.Join(entry.Name);
                inTree.Join(entry.Name);
                isOut = !_ignore.IsEmpty && _ignore.IsExcluded(inOrigin.Text, directory.Ignored, ignored);
                isOut |= !_excludes.IsEmpty && _excludes.IsExcluded(inTree.Text, directory.Excluded, excluded);
                included = included || _include!.Matches(inTree.Text);
            }

            if (++found > MostEntries)
            {
                throw TooMany();
            }

            FileType type = entry.Type == FileType.Unknown ? TypeOf(opened, directory, entry.Name) : entry.Type;
            if (type == FileType.Directory)
            {
                if ((included || LeadsToIncluded(inTree.Text)) && (!isOut || _ignore.MayReach(inOrigin.Text) || _excludes.MayReach(inTree.Text)))
                {
                    directory.Children.Add(new ListedDirectory(directory.Path.Length == 0 ? entry.Name : [.. directory.Path, (byte)'/', .. entry.Name])
                    {
                        OriginPath = inOrigin.Text.ToString(),
                        TreePath = inTree.Text.ToString(),
                        Ignored = Copy(ignored),
                        Excluded = Copy(excluded),
                        IsIncluded = included,
                        IsIn = !isOut && included,
                    });
                }
            }
            else if (!isOut && included && type != FileType.Socket)
            {
                files.Add(entry.Name);
            }
        }

        if (Interlocked.Add(ref _found, files.Count + directory.Children.Count) > MostEntries)
        {
            throw TooMany();
        }

        files.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        directory.Children.Sort(static (a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
        directory.Entries = new SelectedEntry[files.Count];
        if (files.Count > LargeDirectory)
        {
            directory.Names = files;
            return;
        }

        LookAt(opened, directory, files, 0, files.Count);
        directory.Compact();
    }

    private void LookAtLarge(List<ListedDirectory> directories)
    {
        List<(ListedDirectory Directory, List<byte[]> Names, int First)> chunks = [];
        foreach (ListedDirectory directory in directories)
        {
            for (int at = 0; at < directory.Names?.Count; at += ChunkSize)
            {
                chunks.Add((directory, directory.Names, at));
            }
        }

        SideBySide.Run(chunks.Count, i =>
        {
            (ListedDirectory directory, List<byte[]> names, int first) = chunks[i];
            using Fd opened = Open(directory);
            LookAt(opened, directory, names, first, Math.Min(ChunkSize, names.Count - first));
        });
        foreach (ListedDirectory directory in directories)
        {
            if (directory.Names is not null)
            {
                directory.Names = null;
                directory.Compact();
            }
        }
    }

    /// <summary>What has gone since its directory was read, or has become a directory, leaves its place empty.</summary>
    private static void LookAt(Fd opened, ListedDirectory directory, List<byte[]> names, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            Errno errno = FileAt.TryStat(opened, names[i], out FileStatus status);
            if (errno is not (Errno.None or Errno.ENOENT))
            {
                throw Failed(directory, names[i], errno);
            }

            if (errno == Errno.None && status.Type is not (FileType.Directory or FileType.Socket))
            {
                directory.Entries[i] = new SelectedEntry(names[i], status);
            }
        }
    }

    /// <summary>Where the file system's directories do not tell; what has gone counts as a socket.</summary>
    private static FileType TypeOf(Fd opened, ListedDirectory directory, byte[] name)
    {
        Errno errno = FileAt.TryStat(opened, name, out FileStatus status);
        return errno switch
        {
            Errno.None => status.Type,
            Errno.ENOENT => FileType.Socket,
            _ => throw Failed(directory, name, errno),
        };
    }

    private static SyscallException Failed(ListedDirectory directory, byte[] name, Errno errno) =>
        new("statx", errno, Encoding.UTF8.GetString([.. directory.Path, (byte)'/', .. name]).TrimStart('/'));

    private static EngineException TooMany() => new(ErrorKind.ResourceExhausted, $"there are more than {MostEntries} files to copy");

    private void Add(ListedDirectory directory, bool isTop)
    {
        int place = _tree.Directories.Count;
        _tree.Directories.Add(new SelectedDirectory(directory.Path, directory.Status, directory.Entries));
        foreach (ListedDirectory child in directory.Children)
        {
            Add(child, isTop: false);
        }

        // A directory that is not meant itself is there only for what is in it.
        if (!directory.IsIn && !isTop && directory.Entries.Length == 0 && _tree.Directories.Count == place + 1)
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
