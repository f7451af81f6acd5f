using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// Layers on top of each other as overlayfs would merge them, without a mount: whiteouts and opaque directories hide, of
/// several directories the topmost lends its attributes.
/// </summary>
internal sealed class LowerView : IDisposable
{
    // What is remembered of directories may be forgotten at any time.
    private const int MaxCachedBytes = 16 << 20;
    private const int CachedEntryBytes = 200;

    private readonly List<Fd> _trees;
    private readonly Dictionary<byte[], List<Fd>> _directories = new(ByteNameComparer.Instance);
    private int _cachedBytes;

    /// <summary>A view of trees, topmost first.</summary>
    internal LowerView(IEnumerable<string> trees) =>
        _trees = [.. trees.Select(static tree => FileAt.OpenDirectory(null, tree))];

    /// <summary>What a path leads to without following symbolic links; null where there is nothing.</summary>
    internal LowerEntry? Find(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return _trees.Count == 0 ? null : new LowerEntry(_trees[0], [], FileAt.Stat(_trees[0], "."), null);
        }

        int slash = path.LastIndexOf((byte)'/');
        List<Fd> merged = DirectoryAt(slash < 0 ? default : path[..slash]);
        foreach (Fd tree in merged)
        {
            Errno errno = FileAt.TryStat(tree, path, out FileStatus status);
            if (errno == Errno.ENOENT)
            {
                continue;
            }

            if (errno != Errno.None)
            {
                throw new SyscallException("statx", errno, LayerPath.ForMessage(path));
            }

            if (Overlay.IsWhiteout(status))
            {
                return null;
            }

            byte[]? target = status.Type == FileType.SymbolicLink ? FileAt.ReadLink(tree, path) : null;
            return new LowerEntry(tree, path.ToArray(), status, target);
        }

        return null;
    }

    /// <summary>The names that a directory has, without those that are hidden.</summary>
    internal IEnumerable<byte[]> NamesIn(byte[] path)
    {
        HashSet<byte[]> seen = new(ByteNameComparer.Instance);
        foreach (Fd tree in DirectoryAt(path))
        {
            using Fd directory = FileAt.Open(
                tree, path.Length == 0 ? "."u8 : path, OpenFlags.Read | OpenFlags.Directory, 0, DirectoryCache.Strict);
            foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
            {
                bool hidden = entry.Type == FileType.CharacterDevice
                    && FileAt.TryStat(directory, entry.Name, out FileStatus status) == Errno.None && Overlay.IsWhiteout(status);
                if (seen.Add(entry.Name) && !hidden)
                {
                    yield return entry.Name;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (Fd tree in _trees)
        {
            tree.Dispose();
        }

        _trees.Clear();
    }

    /// <summary>The trees whose directories make up a merged directory, topmost first; none where it is no directory.</summary>
    private List<Fd> DirectoryAt(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return _trees;
        }

        if (_directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out List<Fd>? known))
        {
            return known;
        }

        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> parent = slash < 0 ? default : path[..slash];
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        List<Fd> merged = [];
        foreach (Fd tree in DirectoryAt(parent))
        {
            Errno errno = FileAt.TryStat(tree, path, out FileStatus status);
            if (errno == Errno.ENOENT)
            {
                continue;
            }

            if (errno != Errno.None || !status.IsDirectory)
            {
                break;
            }

            merged.Add(tree);
            using Fd above = FileAt.OpenDirectory(
                tree, parent.IsEmpty ? "."u8 : parent, DirectoryCache.Strict);
            if (Overlay.IsOpaque(above, name))
            {
                break;
            }
        }

        _cachedBytes += CachedEntryBytes + path.Length;
        if (_cachedBytes > MaxCachedBytes)
        {
            _directories.Clear();
            _cachedBytes = 0;
        }

        _directories.Add(path.ToArray(), merged);
        return merged;
    }
}
