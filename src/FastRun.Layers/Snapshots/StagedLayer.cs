using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// A layer on its way: a directory in staging/ that this process holds a lock on. Committed by rename, or deleted when
/// disposed; what a killed process leaves is recognised by its lock, which nobody holds.
/// </summary>
internal sealed class StagedLayer : IDisposable
{
    private const int OwnerOnly = 0x1C0;
    private const int IdBytes = 8;

    private readonly StateLayout _layout;
    private readonly FileLock _lock;
    private bool _gone;

    private StagedLayer(StateLayout layout, string id, FileLock held)
    {
        _layout = layout;
        Id = id;
        _lock = held;
    }

    /// <summary>The local id that the layer gets.</summary>
    internal string Id { get; }

    /// <summary>Its directory.</summary>
    internal Fd Directory => _lock.File;

    /// <summary>What becomes layer.json; set when it is unpacked.</summary>
    internal LayerRecord? Record { get; set; }

    internal static StagedLayer Create(StateLayout layout)
    {
        FileAt.MakeDirectories(null, layout.Staging, OwnerOnly);
        while (true)
        {
            string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
            string path = System.IO.Path.Combine(layout.Staging, id);
            if (FileAt.TryMakeDirectory(null, path, OwnerOnly) == Errno.EEXIST)
            {
                continue;
            }

            // A collector may find the directory before it is locked, and then delete it.
            if (FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out Errno errno) is { } held)
            {
                return new StagedLayer(layout, id, held);
            }

            if (errno is not (Errno.EAGAIN or Errno.ENOENT))
            {
                throw new SyscallException("openat2", errno, path);
            }
        }
    }

    /// <summary>
    /// Gives the directories that have no entry what the layers below have for them. Enough where nothing but their
    /// attributes matters.
    /// </summary>
    internal void AdoptParents(IReadOnlyList<string> parents, LowerView lowers)
    {
        using Fd root = FileAt.OpenDirectory(Directory, LayerTree.FilesDirectory, DirectoryCache.Strict);
        foreach (string parent in parents)
        {
            byte[] path = LayerPath.FromText(parent);
            if (lowers.Find(path) is not { Status.IsDirectory: true } lower)
            {
                continue;
            }

            using Fd directory = FileAt.Open(
                root,
                path.Length == 0 ? [(byte)'.'] : path,
                OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow,
                0,
                DirectoryCache.Strict);
            LayerTree.ApplyDirectoryMetadata(directory, lower.ToMetadata());
        }
    }

    /// <summary>Puts the layer in its place.</summary>
    internal void Commit()
    {
        FileAt.Rename(
            null, System.IO.Path.Combine(_layout.Staging, Id), null, _layout.Layer(Id), RenameFlags.NoReplace);
        _gone = true;
    }

    public void Dispose()
    {
        using (_lock)
        {
            if (!_gone)
            {
                _gone = true;
                TreeRemoval.Delete(null, System.IO.Path.Combine(_layout.Staging, Id));
            }
        }
    }
}
