using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>
/// Uploads under way: a file each, whose length is how far it is, so that it goes on after a restart, in any process. The file's
/// name ends with what its repository is called, so no other repository has the upload.
/// </content>
public sealed partial class RegistryDirectory
{
    private const string UploadsDirectory = "uploads";
    private const int IdLength = 32;
    private const int MostHashes = 1000;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    // What this process hashed of the uploads that it has under way; the others are read again.
    private readonly ConcurrentDictionary<string, UploadHash> _hashes = new(StringComparer.Ordinal);

    /// <summary>Begins an upload.</summary>
    /// <exception cref="HostingException">The disk is full.</exception>
    public BlobUpload BeginUpload(RepositoryName repository)
    {
        string id = Guid.NewGuid().ToString("N");
        string path = UploadPath(repository, id);
        try
        {
            Fd file = _files.Create(path);
            FileLock held = FileLock.TryAcquire(_files.Root, path, FileLockMode.Exclusive, out _) ?? throw Unknown();
            return new BlobUpload(this, repository, id, path, file, held, new UploadHash());
        }
        catch (SyscallException e)
        {
            throw Full(e);
        }
    }

    /// <summary>Goes on with an upload.</summary>
    /// <exception cref="HostingException">There is none in this repository, or another request writes to it.</exception>
    public BlobUpload ResumeUpload(RepositoryName repository, string id)
    {
        if (id.Length != IdLength || id.AsSpan().ContainsAnyExcept(s_hexDigits))
        {
            throw Unknown();
        }

        string path = UploadPath(repository, id);
        Fd file = _files.TryOpen(path, OpenFlags.ReadWrite) ?? throw Unknown();
        FileLock? held = FileLock.TryAcquire(_files.Root, path, FileLockMode.Exclusive, out Errno errno);
        if (held is null)
        {
            file.Dispose();
            throw errno == Errno.EAGAIN
                ? new HostingException(HostingFault.UploadBusy, "another request writes to this upload")
                : Unknown();
        }

        return new BlobUpload(this, repository, id, path, file, held, _hashes.TryRemove(id, out UploadHash? hash) ? hash : new UploadHash());
    }

    internal RegistryFiles Files => _files;

    /// <summary>Remembers how far an upload is hashed, for the next chunk.</summary>
    internal void Remember(string id, UploadHash hash)
    {
        if (_hashes.Count >= MostHashes)
        {
            // Those of uploads that were given up; one that was not is read again.
            _hashes.Clear();
        }

        _hashes[id] = hash;
    }

    internal static HostingException Unknown() =>
        new(HostingFault.UploadUnknown, "there is no such upload: it has ended, or was given up");

    private static string UploadPath(RepositoryName repository, string id)
    {
        byte[] name = SHA256.HashData(Encoding.ASCII.GetBytes(repository.ToString()));
        return $"{UploadsDirectory}/{id}-{Convert.ToHexStringLower(name.AsSpan(0, 8))}";
    }
}
