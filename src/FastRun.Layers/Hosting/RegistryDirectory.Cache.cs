using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>What a cache needs besides: content without all that it names, ages, and an end to growth.</content>
public sealed partial class RegistryDirectory
{
    private static readonly string[] s_algorithms = ["sha256", "sha512"];

    /// <summary>Keeps a manifest that was fetched; what it names may never be asked for.</summary>
    /// <exception cref="HostingException">It is malformed, or the disk is full.</exception>
    internal HostedManifest KeepFetched(
        RepositoryName repository, ManifestReference reference, Digest digest, string? mediaType, ReadOnlyMemory<byte> bytes)
    {
        (ManifestDocument document, ReferrerFields fields) = ReadManifest(bytes, mediaType);
        try
        {
            using FileLock held = Hold();
            Keep(repository, digest, document.MediaType, bytes.Span);
            NoteReferrer(repository, digest, document, fields);
            if (reference.Tag is { } tag)
            {
                _files.WriteText(TagPath(repository, tag), digest.ToString());
            }
        }
        catch (Native.SyscallException e)
        {
            throw Full(e);
        }

        return new HostedManifest(digest, document.MediaType, bytes);
    }

    /// <summary>How long ago it was known what a tag means; null where there is no such tag.</summary>
    internal TimeSpan? AgeOfTag(RepositoryName repository, string tag) =>
        _files.TryStat(TagPath(repository, tag)) is { } status
            ? DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds((status.Modified.Seconds * 1000) + (status.Modified.Nanoseconds / 1_000_000))
            : null;

    /// <summary>A tag means what it meant.</summary>
    internal void RefreshTag(RepositoryName repository, string tag) => _files.Touch(TagPath(repository, tag));

    /// <summary>There is no such tag any more.</summary>
    internal void ForgetTag(RepositoryName repository, string tag) => _files.Remove(TagPath(repository, tag));

    /// <summary>Gives a repository a blob that is here; false where it is not.</summary>
    internal bool TryAdopt(RepositoryName repository, Digest digest, long size)
    {
        using FileLock held = Hold();
        if (_files.TryStat(BlobPath(digest)) is not { } status || status.Size != size)
        {
            return false;
        }

        LinkBlob(repository, digest);
        return true;
    }

    /// <summary>Marks content as used.</summary>
    internal void MarkUsed(Digest digest)
    {
        if (_files.TryStat(BlobPath(digest)) is { } status && IsOlder(status, s_precision))
        {
            _files.Touch(BlobPath(digest));
        }
    }

    /// <summary>How much all content occupies, in bytes.</summary>
    internal long MeasureBlobs()
    {
        long size = 0;
        foreach ((_, FileStatus status) in Blobs())
        {
            size += status.Size;
        }

        return size;
    }

    /// <summary>Removes what was not used for longest until no more than so many bytes are left. What is being read is read on.</summary>
    /// <returns>How much is left, in bytes.</returns>
    internal long Evict(long most)
    {
        List<(string Path, FileStatus Status)> blobs = [.. Blobs()];
        blobs.Sort(static (one, other) =>
            (one.Status.Modified.Seconds, one.Status.Modified.Nanoseconds).CompareTo((other.Status.Modified.Seconds, other.Status.Modified.Nanoseconds)));
        long size = 0;
        foreach ((_, FileStatus status) in blobs)
        {
            size += status.Size;
        }

        foreach ((string path, FileStatus status) in blobs)
        {
            if (size <= most)
            {
                break;
            }

            if (_files.Remove(path))
            {
                size -= status.Size;
            }
        }

        return size;
    }

    private IEnumerable<(string Path, FileStatus Status)> Blobs()
    {
        foreach (string algorithm in s_algorithms)
        {
            foreach (DirectoryEntry entry in _files.List("blobs/" + algorithm))
            {
                string path = $"blobs/{algorithm}/{entry.Text}";
                if (_files.TryStat(path) is { } status)
                {
                    yield return (path, status);
                }
            }
        }
    }
}
