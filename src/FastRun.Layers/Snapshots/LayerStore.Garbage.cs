using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <content>What nobody uses any more.</content>
public sealed partial class LayerStore
{
    /// <summary>
    /// Deletes the layers that are not in use, abandoned staging directories and the trash. The caller holds
    /// <see cref="Lock"/> exclusively and knows every user.
    /// </summary>
    /// <param name="used">Local ids of the layers that images and containers use.</param>
    /// <returns>How many layers and abandoned directories are gone.</returns>
    public int CollectGarbage(IReadOnlySet<string> used)
    {
        int collected = 0;
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Layout.Layers))
        {
            string localId = entry.Text;
            if (entry.Type != FileType.Directory || localId[0] == '_')
            {
                continue;
            }

            if (used.Contains(localId))
            {
                SweepTemporaries(Layout.Layer(localId));
            }
            else
            {
                Discard(localId);
                collected++;
            }
        }

        SweepIndex();
        return collected + SweepStaging() + SweepTrash();
    }

    /// <summary>Deletes the staging directories whose owner is gone. Needs no lock.</summary>
    /// <returns>How many there were.</returns>
    public int SweepStaging()
    {
        int swept = 0;
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Layout.Staging))
        {
            string path = Path.Combine(Layout.Staging, entry.Text);
            using FileLock? abandoned = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
            if (abandoned is not null)
            {
                TreeRemoval.Delete(null, path);
                swept++;
            }
        }

        return swept;
    }

    /// <summary>The bytes of the regular files of each layer that is there, by local id.</summary>
    internal Dictionary<string, long> Sizes()
    {
        Dictionary<string, long> sizes = [];
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Layout.Layers))
        {
            string localId = entry.Text;
            if (entry.Type == FileType.Directory && localId[0] != '_' && Read(localId) is { } record)
            {
                sizes.Add(localId, FilesSize(localId, record));
            }
        }

        return sizes;
    }

    /// <summary>Moves a layer to the trash, where nobody finds it, and deletes it there.</summary>
    internal void Discard(string localId)
    {
        string trash = Path.Combine(Layout.Trash, localId);
        Errno errno = FileAt.TryRename(null, Layout.Layer(localId), null, trash);
        if (errno is not (Errno.None or Errno.ENOENT))
        {
            throw new SyscallException("renameat2", errno, trash);
        }

        TreeRemoval.Delete(null, trash);
    }

    /// <summary>Removes index entries that lead nowhere. Lock files go with them: under the exclusive lock nobody waits for one.</summary>
    private void SweepIndex()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Layout.LayerDiffs))
        {
            string path = Path.Combine(Layout.LayerDiffs, entry.Text);
            bool leads = !entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal)
                && FileAt.TryReadLink(null, path, out byte[] target) == Errno.None
                && FileAt.TryStat(null, Path.Combine(Layout.LayerDiffs, PathName.FromBytes(target).ToString()), out _)
                    == Errno.None;
            if (!leads)
            {
                FileAt.TryUnlink(null, path);
            }
        }
    }

    private static void SweepTemporaries(string directory)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            if (entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            {
                FileAt.TryUnlink(null, Path.Combine(directory, entry.Text));
            }
        }
    }

    private int SweepTrash()
    {
        int swept = 0;
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, Layout.Trash))
        {
            TreeRemoval.Delete(null, Path.Combine(Layout.Trash, entry.Text));
            swept++;
        }

        return swept;
    }
}
