using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>
/// Collects what nothing needs, beside servers that go on: whoever gives content its place waits for it, readers do not. What a
/// push brought for a manifest that is still to come is kept for a while.
/// </content>
public sealed partial class RegistryDirectory
{
    /// <summary>How long a blob that no manifest names is kept after it was last asked for.</summary>
    public static TimeSpan BlobGrace { get; } = TimeSpan.FromHours(1);

    /// <summary>How long an upload to which nothing comes is kept.</summary>
    public static TimeSpan UploadGrace { get; } = TimeSpan.FromHours(24);

    /// <summary>Collects.</summary>
    /// <param name="untagged">Also manifests that no tag leads to, neither through an index nor by referring to one that is kept.</param>
    /// <param name="waiting">Called once when a push is under way that is waited for.</param>
    /// <param name="cancellation">Ends that wait.</param>
    /// <exception cref="SyscallException">The disk fails.</exception>
    public RegistryGarbage Collect(bool untagged, Action waiting, CancellationToken cancellation)
    {
        using FileLock alone = AcquireAlone(waiting, cancellation);
        (int uploads, long bytes) = CollectUploads(UploadGrace);
        int manifests = 0;
        HashSet<string> used = [];
        foreach (RepositoryName repository in ListRepositories())
        {
            manifests += CollectRepository(repository, untagged, used);
        }

        int blobs = 0;
        foreach (string algorithm in s_algorithms)
        {
            _files.RemoveTemporary("blobs/" + algorithm);
            foreach (DirectoryEntry entry in _files.List("blobs/" + algorithm))
            {
                string path = $"blobs/{algorithm}/{entry.Text}";
                if (!used.Contains($"{algorithm}:{entry.Text}"))
                {
                    bytes += _files.TryStat(path)?.Size ?? 0;
                    blobs += _files.Remove(path) ? 1 : 0;
                }
            }
        }

        return new RegistryGarbage(uploads, manifests, blobs, bytes);
    }

    private FileLock AcquireAlone(Action waiting, CancellationToken cancellation)
    {
        bool hasWaited = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FileLock.TryAcquireOrCreate(_files.Root, LockName, FileLockMode.Exclusive, out Errno errno) is { } alone)
            {
                return alone;
            }

            if (errno != Errno.EAGAIN && errno != Errno.ENOENT)
            {
                throw new SyscallException("flock", errno, LockName);
            }

            if (!hasWaited)
            {
                hasWaited = true;
                waiting();
            }

            cancellation.WaitHandle.WaitOne(5);
        }
    }

    /// <summary>Removes uploads that nobody writes to, and to which nothing came for so long.</summary>
    internal (int Count, long Bytes) CollectUploads(TimeSpan grace)
    {
        (int count, long bytes) = (0, 0);
        foreach (DirectoryEntry entry in _files.List(UploadsDirectory))
        {
            string path = $"{UploadsDirectory}/{entry.Text}";
            if (_files.TryStat(path) is not { } status || !IsOlder(status, grace))
            {
                continue;
            }

            using FileLock? held = FileLock.TryAcquire(_files.Root, path, FileLockMode.Exclusive, out _);
            if (held is not null && _files.Remove(path))
            {
                count++;
                bytes += status.Size;
            }
        }

        return (count, bytes);
    }

    /// <summary>Removes what a repository does not need, and adds to <paramref name="used"/> what it does.</summary>
    private int CollectRepository(RepositoryName repository, bool untagged, HashSet<string> used)
    {
        _files.RemoveTemporary(Repository(repository) + "/_tags");
        Dictionary<Digest, HostedManifest> manifests = ReadManifests(repository);
        HashSet<Digest> kept = untagged ? Reachable(repository, manifests) : [.. manifests.Keys];
        int removed = 0;
        HashSet<string> own = [];
        foreach ((Digest digest, HostedManifest manifest) in manifests)
        {
            if (!kept.Contains(digest))
            {
                removed += RemoveManifest(repository, digest) ? 1 : 0;
                continue;
            }

            own.Add(digest.ToString());
            foreach (Descriptor part in Parts(manifest))
            {
                own.Add(part.Digest.ToString());
            }
        }

        foreach (string algorithm in s_algorithms)
        {
            string directory = $"{Repository(repository)}/_blobs/{algorithm}";
            foreach (DirectoryEntry entry in _files.List(directory))
            {
                string digest = $"{algorithm}:{entry.Text}";
                string path = $"{directory}/{entry.Text}";
                if (!own.Contains(digest) && _files.TryStat(path) is { } status && IsOlder(status, BlobGrace))
                {
                    _files.Remove(path);
                }
                else
                {
                    used.Add(digest);
                }
            }
        }

        used.UnionWith(own);
        return removed;
    }

    private Dictionary<Digest, HostedManifest> ReadManifests(RepositoryName repository)
    {
        Dictionary<Digest, HostedManifest> manifests = [];
        foreach (string algorithm in s_algorithms)
        {
            _files.RemoveTemporary($"{Repository(repository)}/_manifests/{algorithm}");
            foreach (DirectoryEntry entry in _files.List($"{Repository(repository)}/_manifests/{algorithm}"))
            {
                if (ManifestReference.TryParse($"{algorithm}:{entry.Text}", out ManifestReference reference)
                    && FindManifest(repository, reference) is { } manifest)
                {
                    manifests[manifest.Digest] = manifest;
                }
            }
        }

        return manifests;
    }

    /// <summary>What tags lead to: what indexes list, too, and what refers to it, and what that lists.</summary>
    private HashSet<Digest> Reachable(RepositoryName repository, Dictionary<Digest, HostedManifest> manifests)
    {
        HashSet<Digest> reached = [];
        Stack<Digest> open = new();
        foreach (string tag in ListTags(repository))
        {
            if (FindTag(repository, tag) is { } tagged)
            {
                open.Push(tagged);
            }
        }

        while (open.TryPop(out Digest digest))
        {
            if (!manifests.TryGetValue(digest, out HostedManifest? manifest) || !reached.Add(digest))
            {
                continue;
            }

            foreach (Descriptor part in Parts(manifest))
            {
                open.Push(part.Digest);
            }

            foreach (Referrer referrer in ListReferrers(repository, digest))
            {
                open.Push(referrer.Descriptor.Digest);
            }
        }

        return reached;
    }

    private static IEnumerable<Descriptor> Parts(HostedManifest manifest)
    {
        ManifestDocument document = ReadManifest(manifest.Bytes, manifest.MediaType).Document;
        return document.Config is { } config ? [config, .. document.Layers] : document.Manifests;
    }

    private static bool IsOlder(FileStatus status, TimeSpan grace) =>
        DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(status.Modified.Seconds) > grace;
}
