using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <content>What can only be done when all entries are there: directories' attributes, opaque marks, and the leanings.</content>
internal sealed partial class LayerTree
{
    /// <summary>A directory that has no entry and nothing below to borrow from.</summary>
    private static readonly EntryMetadata s_implicit = new() { Permissions = DefaultPermissions };

    /// <summary>Whether nothing below lets the layers under it show through.</summary>
    internal bool IsRootOpaque => _rootNode.Opaque;

    /// <summary>What was replaced by later entries.</summary>
    internal IReadOnlyList<Relocation> Relocations => _relocations;

    /// <summary>Sets what the directories' entries say, deepest first, and tells what the tree leans on.</summary>
    internal Leanings Finish()
    {
        List<string> implicitParents = [];
        List<string> lateParents = [];
        List<string> whiteoutParents = [];
        foreach (TreeNode directory in Enumerable.Reverse(_directories).Append(_rootNode))
        {
            if (directory.Removed)
            {
                continue;
            }

            if (directory.HasWhiteouts && TakeWhiteouts(directory))
            {
                AddText(whiteoutParents, directory.Path);
            }

            if (Prune(directory))
            {
                continue;
            }

            Complete(directory);
            if (_lowers is null && !directory.IsHidden)
            {
                if (directory.Metadata is null)
                {
                    AddText(implicitParents, directory.Path);
                }
                else if (directory.UsedBeforeEntry)
                {
                    AddText(lateParents, directory.Path);
                }
            }
        }

        // Parents first: a symbolic link below in place of one makes those behind it moot.
        implicitParents.Reverse();
        return new Leanings
        {
            ImplicitParents = implicitParents,
            LateParents = lateParents,
            OpenHardLinks = _openHardLinks,
            WhiteoutParents = whiteoutParents,
        };
    }

    private void AddText(List<string> paths, ReadOnlySpan<byte> path)
    {
        string text = LayerPath.ToText(path);
        _memory.AddText(text);
        paths.Add(text);
    }

    /// <summary>Sets owner, mode, attributes and times of a directory.</summary>
    internal static void ApplyDirectoryMetadata(Fd directory, in EntryMetadata metadata)
    {
        FileAt.ChangeOwner(directory, metadata.Uid, metadata.Gid);
        SetAttributes(directory, "."u8, metadata.Attributes);
        FileAt.ChangeMode(directory, metadata.Permissions);
        FileAt.SetTimes(directory, metadata.Modified, metadata.Modified);
    }

    /// <summary>
    /// Removes the whiteouts of a directory that is not merged with one below: they hide nothing, and overlayfs would list
    /// them. Returns true where that cannot be known yet.
    /// </summary>
    private bool TakeWhiteouts(TreeNode directory)
    {
        if (!directory.IsContentHidden)
        {
            if (_lowers is null)
            {
                return true;
            }

            if (_lowers.Find(directory.Path) is { Status.IsDirectory: true })
            {
                return false;
            }
        }

        using Fd opened = OpenForReading(directory);
        foreach (DirectoryEntry entry in DirectoryContent.Read(opened))
        {
            if (entry.Type is FileType.CharacterDevice or FileType.Unknown
                && Overlay.IsWhiteout(FileAt.Stat(opened, entry.Name)))
            {
                FileAt.Unlink(opened, entry.Name);
            }
        }

        return false;
    }

    /// <summary>Removes a directory that only whiteouts asked for, where none below needs them.</summary>
    private bool Prune(TreeNode directory)
    {
        if (directory.Holds
            || directory.Metadata is not null
            || (_lowers is null && !directory.IsHidden)
            || FileAt.TryRemoveDirectory(Cache.Open(directory.Parent!), directory.Name) != Errno.None)
        {
            return false;
        }

        if (directory.Fresh)
        {
            Overlay.TryMakeWhiteout(Cache.Open(directory.Parent!), directory.Name);
        }

        return true;
    }

    private void Complete(TreeNode directory)
    {
        EntryMetadata metadata = (directory.Borrowed && directory.IsHidden ? null : directory.Metadata)
            ?? (directory.Parent is null ? _lowers?.Find([])?.ToMetadata() : null)
            ?? s_implicit;
        if (directory.Parent is null)
        {
            MarkOpaque(directory, _root, [(byte)'.']);
            ApplyDirectoryMetadata(_root, in metadata);
            return;
        }

        Fd parent = Cache.Open(directory.Parent);
        MarkOpaque(directory, parent, directory.Name);
        if (!IsOwner(in metadata))
        {
            FileAt.ChangeOwner(parent, directory.Name, metadata.Uid, metadata.Gid);
        }

        SetAttributes(parent, directory.Name, metadata.Attributes);
        if (!IsExact || metadata.Permissions != directory.Permissions)
        {
            FileAt.ChangeMode(parent, directory.Name, metadata.Permissions);
        }

        FileAt.SetTimes(parent, directory.Name, metadata.Modified, metadata.Modified);
    }

    private static void MarkOpaque(TreeNode directory, Fd at, ReadOnlySpan<byte> name)
    {
        if (directory.Opaque || directory.Fresh)
        {
            ExtendedAttributes.Set(at, name, Overlay.OpaqueAttribute, "y"u8);
        }
    }

    private Fd OpenForReading(TreeNode directory) =>
        FileAt.Open(
            _root,
            PathOrDot(directory),
            OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow,
            0,
            DirectoryCache.Strict);
}
