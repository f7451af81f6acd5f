using System;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>Blobs: one file for each digest, and a file in each repository that has it.</content>
public sealed partial class RegistryDirectory
{
    // A repository's file says by its time when the blob was last asked for; that is good enough to this.
    private static readonly TimeSpan s_precision = TimeSpan.FromMinutes(10);

    /// <summary>Opens a blob of a repository; null where it has none.</summary>
    /// <exception cref="SyscallException">The disk does not give it.</exception>
    public HostedBlob? FindBlob(RepositoryName repository, Digest digest)
    {
        if (!HasBlob(repository, digest))
        {
            return null;
        }

        return _files.TryOpen(BlobPath(digest)) is { } file ? new FileBlob(file) : null;
    }

    /// <summary>Gives a repository a blob that another one has; false where that has none.</summary>
    /// <exception cref="HostingException">The disk is full.</exception>
    public bool TryMount(RepositoryName from, RepositoryName to, Digest digest)
    {
        using FileLock held = Hold();
        if (!HasBlob(from, digest) || _files.TryStat(BlobPath(digest)) is null)
        {
            return false;
        }

        LinkBlob(to, digest);
        return true;
    }

    /// <summary>Takes a blob away from a repository; false where it has none.</summary>
    public bool DeleteBlob(RepositoryName repository, Digest digest)
    {
        using FileLock held = Hold(FileLockMode.Exclusive);
        return _files.Remove(LinkPath(repository, digest));
    }

    internal static string BlobPath(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    /// <summary>Whether a repository has a blob; that it was asked for keeps the blob for a while.</summary>
    internal bool HasBlob(RepositoryName repository, Digest digest)
    {
        string path = LinkPath(repository, digest);
        if (_files.TryStat(path) is not { } link)
        {
            return false;
        }

        if (DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(link.Modified.Seconds) > s_precision)
        {
            _files.Touch(path);
        }

        return true;
    }

    /// <summary>Notes that a repository has a blob. Under the lock, with the blob in its place.</summary>
    internal void LinkBlob(RepositoryName repository, Digest digest)
    {
        string path = LinkPath(repository, digest);
        if (_files.TryStat(path) is not null)
        {
            _files.Touch(path);
            return;
        }

        try
        {
            _files.Write(path, []);
        }
        catch (SyscallException e)
        {
            throw Full(e);
        }
    }

    private static string LinkPath(RepositoryName repository, Digest digest) =>
        $"{Repository(repository)}/_blobs/{digest.Algorithm}/{digest.Hex}";
}
