using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <content>Hard links, whose target may be in a layer below.</content>
internal sealed partial class LayerTree
{
    private const int CopyBufferSize = 128 * 1024;

    private void WriteHardLink(TreeNode parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, in LayerEntry entry)
    {
        if (!TryWalk(entry.LinkName, out TreeNode? targetParent, out ReadOnlySpan<byte> targetName))
        {
            List<byte[]> components = LayerPath.Clean(entry.LinkName);
            if (components.Count == 0)
            {
                throw Refused(in entry, "a hard link to the root");
            }

            targetName = components[^1];
            components.RemoveAt(components.Count - 1);
            targetParent = Resolve(components, create: _lowers is not null, in entry);
        }

        if (targetParent is null || !IsThere(targetParent, targetName, in entry))
        {
            if (_lowers is not null)
            {
                throw Refused(in entry, $"a hard link to {LayerPath.ForMessage(entry.LinkName)}, which does not exist");
            }

            AddText(_openHardLinks, path);
            return;
        }

        if (targetParent == parent && name.SequenceEqual(targetName))
        {
            return;
        }

        Errno errno = TryLink(targetParent, targetName, parent, name);
        if (errno == Errno.EEXIST)
        {
            Displace(parent, name);
            if (targetParent.Removed)
            {
                throw Refused(in entry, $"a hard link to {LayerPath.ForMessage(entry.LinkName)}, which it would replace");
            }

            errno = TryLink(targetParent, targetName, parent, name);
        }

        // The kernel makes no hard links to directories.
        if (errno == Errno.EPERM && targetParent.Find(targetName) is { IsDirectory: true })
        {
            throw Refused(in entry, "a hard link to a directory");
        }

        ThrowIf(errno, "linkat", in entry);
        if (targetParent.Find(targetName) is { LinkTarget: { } target })
        {
            AddSymbolicLink(parent, name, target);
        }

        RestateMetadata(parent, name, entry.Metadata);
    }

    private Errno TryLink(TreeNode targetParent, ReadOnlySpan<byte> targetName, TreeNode parent, ReadOnlySpan<byte> name) =>
        FileAt.TryLink(Cache.Open(targetParent), targetName, Cache.Open(parent), name);

    /// <summary>Whether the target is in this tree; what is below is copied up, with both names then one file again.</summary>
    private bool IsThere(TreeNode parent, ReadOnlySpan<byte> name, in LayerEntry entry)
    {
        Fd directory = Cache.Open(parent);
        Errno errno = FileAt.TryStat(directory, name, out FileStatus status);
        if (errno == Errno.None)
        {
            return !Overlay.IsWhiteout(status);
        }

        if (_lowers is null || parent.IsContentHidden)
        {
            return false;
        }

        LowerEntry? lower = _lowers.Find(LayerPath.Join(parent.Path, name));
        if (lower is null)
        {
            return false;
        }

        MarkHolding(parent);
        CopyUp(lower, parent, name, in entry);
        return true;
    }

    private void CopyUp(LowerEntry lower, TreeNode parent, ReadOnlySpan<byte> name, in LayerEntry entry)
    {
        LayerEntry copy = lower.ToEntry(name);
        switch (lower.Status.Type)
        {
            case FileType.Regular:
                using (Fd source = lower.Open())
                {
                    // The tar has none of these bytes, so the index does not refer to them.
                    int contents = _contents;
                    WriteFile(parent, name, [], in copy, (in NewFile target, ReadOnlySpan<byte> _) => Copy(source, in target));
                    _contents = contents;
                }

                break;
            case FileType.SymbolicLink:
                WriteSymbolicLink(parent, name, in copy);
                break;
            case FileType.Directory:
                throw Refused(in entry, "a hard link to a directory");
            default:
                WriteNode(parent, name, in copy);
                break;
        }
    }

    private static void Copy(Fd source, in NewFile target)
    {
        byte[] buffer = new byte[CopyBufferSize];
        int read;
        while ((read = FileContent.Read(source, buffer)) > 0)
        {
            target.Write(buffer.AsSpan(0, read));
        }
    }

    /// <summary>
    /// A link's own header speaks of the file too. It is applied where it differs: chown would clear file capabilities that
    /// the header of a link seldom repeats.
    /// </summary>
    private void RestateMetadata(TreeNode parent, ReadOnlySpan<byte> name, in EntryMetadata metadata)
    {
        Fd directory = Cache.Open(parent);
        FileStatus status = FileAt.Stat(directory, name);
        if (status.Uid != metadata.Uid || status.Gid != metadata.Gid)
        {
            FileAt.ChangeOwner(directory, name, metadata.Uid, metadata.Gid);
            status = FileAt.Stat(directory, name);
        }

        if (status.Type != FileType.SymbolicLink && status.Permissions != metadata.Permissions)
        {
            FileAt.ChangeMode(directory, name, metadata.Permissions);
        }

        SetAttributes(directory, name, metadata.Attributes);
        if (status.Modified != metadata.Modified)
        {
            FileAt.SetTimes(directory, name, metadata.Modified, metadata.Modified);
        }
    }

    private static byte[] PathOrDot(TreeNode directory) => directory.Parent is null ? [(byte)'.'] : directory.Path;
}
