using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Content;

/// <summary>
/// Manifests and configs as the bytes received, each in a file named by its digest. A file is complete as soon as it has
/// its name, and what is read is verified again, so a damaged disk cannot change what an image is.
/// </summary>
/// <param name="layout">Where the files are.</param>
public sealed class ContentStore(StateLayout layout)
{
    private const int DirectoryMode = 0x1C0;

    /// <summary>Keeps a document.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="content">All of it.</param>
    /// <param name="durable">Wait until it is on disk; else whoever uses it syncs the file system.</param>
    /// <exception cref="CorruptContentException">It does not have the digest.</exception>
    public void Write(Digest digest, ReadOnlySpan<byte> content, bool durable = true)
    {
        Verify(digest, content, digest.ToString());
        if (IsIntact(digest))
        {
            return;
        }

        string path = layout.Blob(digest);
        FileAt.MakeDirectories(null, Path.GetDirectoryName(path)!, DirectoryMode);
        if (durable)
        {
            AtomicFile.Write(path, content);
        }
        else
        {
            AtomicFile.WriteVolatile(path, content);
        }
    }

    /// <summary>Reads a document; null where it is not kept.</summary>
    /// <exception cref="CorruptContentException">The file was damaged.</exception>
    public byte[]? TryRead(Digest digest)
    {
        byte[]? content = FileContent.TryReadAll(null, layout.Blob(digest), StrictJson.MaxSize);
        if (content is not null)
        {
            Verify(digest, content, digest.ToString());
        }

        return content;
    }

    /// <summary>Whether a document has its name and, since a power cut, not its content.</summary>
    internal bool IsUnwritten(Digest digest)
    {
        try
        {
            TryRead(digest);
            return false;
        }
        catch (CorruptContentException)
        {
            return AtomicFile.IsUnwritten(FileContent.TryReadAll(null, layout.Blob(digest), StrictJson.MaxSize));
        }
    }

    /// <summary>Removes every document that is not in use; the caller keeps others from adding meanwhile.</summary>
    /// <param name="used">The digests to keep.</param>
    /// <returns>How many were removed.</returns>
    public int CollectGarbage(IReadOnlySet<string> used)
    {
        int removed = 0;
        foreach (string algorithm in (ReadOnlySpan<string>)["sha256", "sha512"])
        {
            string directory = Path.Combine(layout.Content, algorithm);
            foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
            {
                if (!used.Contains($"{algorithm}:{entry.Text}")
                    && FileAt.TryUnlink(null, Path.Combine(directory, entry.Text)) == Errno.None)
                {
                    removed++;
                }
            }
        }

        return removed;
    }

    /// <summary>Checks that content has a digest.</summary>
    /// <exception cref="CorruptContentException">It has another.</exception>
    internal static void Verify(Digest digest, ReadOnlySpan<byte> content, string subject)
    {
        Digest actual = Compute(digest.Algorithm, content);
        if (actual != digest)
        {
            throw new CorruptContentException(subject, $"the content does not have the digest {digest} but {actual}");
        }
    }

    private static Digest Compute(string algorithm, ReadOnlySpan<byte> content) => algorithm == "sha256"
        ? Digest.FromSha256(SHA256.HashData(content))
        : Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)));

    /// <summary>Whether a document is there as it was received.</summary>
    internal bool IsIntact(Digest digest)
    {
        try
        {
            return TryRead(digest) is not null;
        }
        catch (CorruptContentException)
        {
            return false;
        }
    }
}
