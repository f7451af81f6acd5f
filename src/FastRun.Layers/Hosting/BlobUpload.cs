using System;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <summary>
/// One upload, held by one request. Disposing lets it go, with what came so far; completing or cancelling ends it.
/// </summary>
public sealed class BlobUpload : IDisposable
{
    private readonly RegistryDirectory _directory;
    private readonly RepositoryName _repository;
    private readonly string _path;
    private readonly Fd _file;
    private readonly FileLock _lock;
    private readonly UploadHash _hash;
    private bool _hasEnded;

    internal BlobUpload(
        RegistryDirectory directory, RepositoryName repository, string id, string path, Fd file, FileLock held, UploadHash hash)
    {
        (_directory, _repository, Id, _path, _file, _lock, _hash) = (directory, repository, id, path, file, held, hash);
        Size = FileAt.Stat(file).Size;
        FileContent.Seek(file, Size);
    }

    /// <summary>What names it in its repository.</summary>
    public string Id { get; }

    /// <summary>How many bytes came.</summary>
    public long Size { get; private set; }

    /// <summary>Another descriptor of what came and comes, which outlives this.</summary>
    internal Fd OpenForReading() => _directory.Files.TryOpen(_path) ?? throw RegistryDirectory.Unknown();

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="HostingException">It becomes larger than the registry takes, or the disk is full: then it has ended.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        if (Size + content.Length > _directory.MaxBlobSize)
        {
            Cancel();
            throw new HostingException(HostingFault.TooLarge, $"this registry takes blobs of at most {_directory.MaxBlobSize} bytes");
        }

        try
        {
            FileContent.Write(_file, content);
        }
        catch (SyscallException e)
        {
            Cancel();
            throw RegistryDirectory.Full(e);
        }

        if (_hash.Length == Size)
        {
            _hash.Append(content);
        }

        Size += content.Length;
    }

    /// <summary>Makes it a blob of its repository: on the disk, and there for everybody, when this returns.</summary>
    /// <exception cref="HostingException">It does not have the digest, or the disk is full: then it has ended.</exception>
    public void Complete(Digest digest)
    {
        if (!_hash.Matches(_file, Size, digest))
        {
            Cancel();
            throw new HostingException(HostingFault.DigestInvalid, $"the content does not have the digest {digest}");
        }

        try
        {
            FileContent.Sync(_file);
            using FileLock held = _directory.Hold();
            _directory.Files.Rename(_path, RegistryDirectory.BlobPath(digest));
            _hasEnded = true;
            _directory.LinkBlob(_repository, digest);
        }
        catch (SyscallException e)
        {
            Cancel();
            throw RegistryDirectory.Full(e);
        }
    }

    /// <summary>Ends it; nothing of it is left.</summary>
    public void Cancel()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            _directory.Files.Remove(_path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasEnded || _hash.Length != Size)
        {
            _hash.Dispose();
        }
        else
        {
            _directory.Remember(Id, _hash);
        }

        _lock.Dispose();
        _file.Dispose();
    }
}
