using System;
using System.Collections.Generic;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Archives;

/// <summary>
/// What an overlay's upper directory changes of the lowers below it: whiteouts, opaque directories, what is new and what was
/// copied up (overlayfs.rst). The overlay may be mounted and changing meanwhile; what has gone is left out.
/// </summary>
public sealed class UpperChanges : IDisposable
{
    // Deeper paths are longer than any system call takes.
    private const int DeepestLevel = LayerPath.MaxLength / 2;

    private readonly LowerView _lowers;
    private readonly List<TreeChange> _changes = [];

    private UpperChanges(IEnumerable<string> lowers) => _lowers = new LowerView(lowers);

    /// <summary>Lists the changes by path, a directory before what is in it.</summary>
    /// <param name="upper">The upper directory, open for reading.</param>
    /// <param name="lowers">The trees below it, topmost first.</param>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    public static IReadOnlyList<TreeChange> List(Fd upper, IEnumerable<string> lowers)
    {
        ArgumentNullException.ThrowIfNull(upper);
        using UpperChanges changes = new(lowers);
        changes.Directory(upper, [], 0);
        changes._changes.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return changes._changes;
    }

    /// <summary>Lists the changes that several trees make together: an upper, and below it what was an upper before.</summary>
    /// <param name="written">The trees that were written, topmost first; one that is not there counts as empty.</param>
    /// <param name="lowers">The trees below them, topmost first.</param>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    public static IReadOnlyList<TreeChange> List(IReadOnlyList<string> written, IReadOnlyList<string> lowers)
    {
        List<string> trees = [];
        SortedSet<string> paths = new(StringComparer.Ordinal);
        List<TreeChange> changes = [];
        foreach (string tree in written)
        {
            using Fd? opened = FileAt.TryOpen(
                null, tree, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
            if (opened is null)
            {
                _ = errno == Errno.ENOENT ? 0 : throw new SyscallException("openat2", errno, tree);
                continue;
            }

            trees.Add(tree);
            changes = [.. List(opened, lowers)];
            changes.ForEach(change => paths.Add(change.Path));
        }

        if (trees.Count < 2)
        {
            return changes;
        }

        using LowerView image = new(lowers);
        using LowerView now = new([.. trees, .. lowers]);
        return [.. Compare(paths, image, now)];
    }

    /// <inheritdoc/>
    public void Dispose() => _lowers.Dispose();

    private static IEnumerable<TreeChange> Compare(IEnumerable<string> paths, LowerView image, LowerView now)
    {
        foreach (string text in paths)
        {
            byte[] path = LayerPath.FromText(text[1..]);
            bool was = image.Find(path) is not null;
            if (now.Find(path) is not null)
            {
                yield return new TreeChange(was ? TreeChangeKind.Modified : TreeChangeKind.Added, text);
            }
            else if (was && now.Find(path.AsSpan(0, int.Max(path.AsSpan().LastIndexOf((byte)'/'), 0))) is not null)
            {
                // What is in a directory that is deleted is not told.
                yield return new TreeChange(TreeChangeKind.Deleted, text);
            }
        }
    }

    private void Directory(Fd upper, byte[] path, int level)
    {
        if (level == DeepestLevel)
        {
            throw new SyscallException("openat2", Errno.ENAMETOOLONG, LayerPath.ForMessage(path));
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(upper))
        {
            if (FileAt.TryStat(upper, entry.Name, out FileStatus status) == Errno.None)
            {
                Entry(upper, entry.Name, LayerPath.Join(path, entry.Name), status, level);
            }
        }
    }

    private void Entry(Fd upper, byte[] name, byte[] path, in FileStatus status, int level)
    {
        LowerEntry? lower = _lowers.Find(path);
        if (Overlay.IsWhiteout(status))
        {
            if (lower is not null)
            {
                Add(TreeChangeKind.Deleted, path);
            }

            return;
        }

        int position = _changes.Count;
        bool merges = status.IsDirectory && lower is { Status.IsDirectory: true };
        if (status.IsDirectory)
        {
            using Fd? directory = FileAt.TryOpen(
                upper, name, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
            if (directory is null)
            {
                return;
            }

            Directory(directory, path, level + 1);
            if (merges && Overlay.IsOpaque(upper, name))
            {
                Hidden(directory, path, lower!);
            }
        }

        if (lower is null)
        {
            Add(TreeChangeKind.Added, path);
        }
        else if (!merges || _changes.Count > position || !IsSame(status, lower.Status))
        {
            Add(TreeChangeKind.Modified, path);
        }
    }

    /// <summary>An opaque directory deletes all that the lowers have in it, but for what it has itself.</summary>
    private void Hidden(Fd directory, byte[] path, LowerEntry lower)
    {
        foreach (byte[] name in _lowers.NamesIn(lower.Path))
        {
            if (FileAt.TryStat(directory, name, out _) == Errno.ENOENT)
            {
                Add(TreeChangeKind.Deleted, LayerPath.Join(path, name));
            }
        }
    }

    /// <summary>A directory that is only there because something in it was written.</summary>
    private static bool IsSame(in FileStatus upper, in FileStatus lower) =>
        upper.Mode == lower.Mode && upper.Uid == lower.Uid && upper.Gid == lower.Gid && upper.Modified == lower.Modified;

    private void Add(TreeChangeKind kind, byte[] path) => _changes.Add(new TreeChange(kind, "/" + LayerPath.ToText(path)));
}
