using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <summary>
/// What a registry keeps in a directory: blobs by digest, and for each repository which of them it has, its manifests, tags and
/// referrers. Several processes may serve one directory; docs/state-on-disk.md has its layout and locks. Nothing here waits for
/// the network, everything waits for the disk: what returns is kept across a power cut.
/// </summary>
public sealed partial class RegistryDirectory : IDisposable
{
    /// <summary>What makes a directory one of a registry.</summary>
    private const string Marker = "fastrun-registry";

    private const string MarkerText = "fastrun registry, layout 1, ";
    private const string LockName = "lock";
    private const string OwnKind = "own content";

    // Nobody goes on with a fetch that was killed. A file is locked a moment after it was made.
    private static readonly TimeSpan s_fetchGrace = TimeSpan.FromMinutes(1);

    private readonly RegistryFiles _files;

    private RegistryDirectory(RegistryFiles files) => _files = files;

    /// <summary>The most bytes that one upload may have; null for no limit.</summary>
    public long? MaxBlobSize { get; init; }

    /// <summary>Opens a directory for content that clients push; it is made, and an empty one taken, where there is none.</summary>
    /// <exception cref="HostingException">It holds something else.</exception>
    /// <exception cref="SyscallException">It cannot be opened or written.</exception>
    public static RegistryDirectory Open(string path, long? maxBlobSize = null)
    {
        RegistryDirectory directory = new(OpenFiles(path, OwnKind)) { MaxBlobSize = maxBlobSize };
        directory.CollectUploads(UploadGrace);
        return directory;
    }

    /// <summary>Opens a directory that is one of a registry already, whatever it is for.</summary>
    /// <exception cref="HostingException">It is not.</exception>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public static RegistryDirectory OpenExisting(string path)
    {
        RegistryFiles files = new(FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory));
        if (files.TryReadText(Marker) is { } text && text.StartsWith(MarkerText, StringComparison.Ordinal))
        {
            return new RegistryDirectory(files);
        }

        files.Dispose();
        throw new HostingException(HostingFault.Unsupported, $"{path}: not a directory of a registry");
    }

    /// <summary>Opens a directory for what is fetched from another registry.</summary>
    internal static RegistryDirectory OpenCache(string path, string upstream)
    {
        RegistryDirectory directory = new(OpenFiles(path, "cache of " + upstream));
        directory.CollectUploads(s_fetchGrace);
        return directory;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    /// <summary>Keeps collections out: held while something that nothing refers to yet is given its place.</summary>
    internal FileLock Hold(FileLockMode mode = FileLockMode.Shared) => FileLock.Acquire(_files.Root, LockName, mode);

    private static RegistryFiles OpenFiles(string path, string kind)
    {
        FileAt.MakeDirectories(null, path, 0x1C0);
        RegistryFiles files = new(FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory));
        try
        {
            // Of several that begin in an empty directory one writes the marker.
            using FileLock? alone = FileLock.AcquireDirectory(path);
            string? text = files.TryReadText(Marker);
            if (text is null && files.List(".").Count > 0)
            {
                throw new HostingException(
                    HostingFault.Unsupported, $"{path}: it is not empty, and not a directory of a registry");
            }

            if (text is null)
            {
                files.WriteText(Marker, MarkerText + kind);
                FileLock.Acquire(files.Root, LockName, FileLockMode.Shared).Dispose();
            }
            else if (text != MarkerText + kind)
            {
                throw new HostingException(
                    HostingFault.Unsupported,
                    text.StartsWith(MarkerText, StringComparison.Ordinal)
                        ? $"{path}: it holds {References.ReferenceGrammar.Quote(text[MarkerText.Length..])}, not {kind}"
                        : $"{path}: a newer release wrote it");
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private static string Repository(RepositoryName name) => "repositories/" + name;

    internal static Exception Full(SyscallException e) => e.Errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG
        ? new HostingException(HostingFault.StorageFull, "the registry's disk is full", e)
        : e;
}
