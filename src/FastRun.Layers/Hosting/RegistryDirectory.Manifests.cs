using System;
using System.Security.Cryptography;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting;

/// <content>Manifests and indexes: blobs, of which a repository notes the media type, and a digest for each tag.</content>
public sealed partial class RegistryDirectory
{
    /// <summary>The most bytes that a manifest may have (distribution-spec, "Pushing Manifests").</summary>
    public const int MaxManifestSize = StrictJson.MaxSize;

    /// <summary>Whether anything was ever pushed to a repository.</summary>
    public bool HasRepository(RepositoryName repository) =>
        _files.TryStat(Repository(repository) + "/_manifests") is not null
        || _files.TryStat(Repository(repository) + "/_blobs") is not null;

    /// <summary>Reads a manifest; null where the repository has none of that name.</summary>
    /// <exception cref="CorruptContentException">The disk has damaged it.</exception>
    public HostedManifest? FindManifest(RepositoryName repository, ManifestReference reference)
    {
        if ((reference.Digest ?? FindTag(repository, reference.Tag!)) is not { } digest
            || _files.TryReadText(RecordPath(repository, digest)) is not { } mediaType
            || _files.TryRead(BlobPath(digest), MaxManifestSize) is not { } bytes)
        {
            return null;
        }

        Verify(digest, bytes);
        return new HostedManifest(digest, mediaType, bytes);
    }

    /// <summary>Keeps a manifest.</summary>
    /// <param name="repository">Where it belongs.</param>
    /// <param name="reference">The tag that it gets, or the digest that it must have.</param>
    /// <param name="mediaType">What it was sent as; null where that was not said.</param>
    /// <param name="bytes">The document.</param>
    /// <param name="subject">The digest that it refers to, if it does.</param>
    /// <returns>Its digest.</returns>
    /// <exception cref="HostingException">It is malformed, names what is not here, or the disk is full.</exception>
    public Digest PutManifest(
        RepositoryName repository, ManifestReference reference, string? mediaType, ReadOnlyMemory<byte> bytes, out Digest? subject)
    {
        Digest digest = ComputeDigest(reference.Digest?.Algorithm ?? "sha256", bytes.Span);
        if (reference.Digest is { } promised && promised != digest)
        {
            throw new HostingException(HostingFault.DigestInvalid, $"the manifest has the digest {digest}, not {promised}");
        }

        (ManifestDocument document, ReferrerFields fields) = ReadManifest(bytes, mediaType);
        subject = fields.Subject?.Digest;
        try
        {
            using FileLock held = Hold();
            RequireContent(repository, document);
            Keep(repository, digest, document.MediaType, bytes.Span);
            NoteReferrer(repository, digest, document, fields);
            if (reference.Tag is { } tag)
            {
                _files.WriteText(TagPath(repository, tag), digest.ToString());
            }
        }
        catch (SyscallException e)
        {
            throw Full(e);
        }

        return digest;
    }

    /// <summary>Removes a manifest with its tags, or one tag; false where there is none.</summary>
    public bool DeleteManifest(RepositoryName repository, ManifestReference reference)
    {
        using FileLock held = Hold(FileLockMode.Exclusive);
        return reference.Tag is { } tag
            ? _files.Remove(TagPath(repository, tag))
            : RemoveManifest(repository, reference.Digest!.Value);
    }

    /// <summary>What a tag means; null where there is no such tag.</summary>
    internal Digest? FindTag(RepositoryName repository, string tag) =>
        Digest.TryParse(_files.TryReadText(TagPath(repository, tag)), out Digest digest) ? digest : null;

    /// <summary>Notes a manifest whose content needs not be here. Under the lock.</summary>
    internal void Keep(RepositoryName repository, Digest digest, string mediaType, ReadOnlySpan<byte> bytes)
    {
        _files.Write(BlobPath(digest), bytes);
        _files.WriteText(RecordPath(repository, digest), mediaType);
    }

    internal static Digest ComputeDigest(string algorithm, ReadOnlySpan<byte> content) => algorithm == "sha256"
        ? Digest.FromSha256(SHA256.HashData(content))
        : Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)));

    internal static (ManifestDocument Document, ReferrerFields Fields) ReadManifest(ReadOnlyMemory<byte> bytes, string? mediaType)
    {
        try
        {
            ManifestDocument document = ManifestDocument.Parse(bytes, "the manifest", mediaType);
            return (document, ReferrerFields.Read(bytes.Span, "the manifest"));
        }
        catch (CorruptContentException e)
        {
            throw new HostingException(HostingFault.ManifestInvalid, e.Message, e);
        }
    }

    internal static string TagPath(RepositoryName repository, string tag) => $"{Repository(repository)}/_tags/{tag}";

    private static void Verify(Digest digest, ReadOnlySpan<byte> bytes)
    {
        if (ComputeDigest(digest.Algorithm, bytes) != digest)
        {
            throw new CorruptContentException(digest.ToString(), "the registry's file is damaged");
        }
    }

    private bool RemoveManifest(RepositoryName repository, Digest digest)
    {
        foreach (string tag in ListTags(repository))
        {
            if (FindTag(repository, tag) == digest)
            {
                _files.Remove(TagPath(repository, tag));
            }
        }

        ForgetReferrer(repository, digest);
        return _files.Remove(RecordPath(repository, digest));
    }

    /// <summary>Whoever pulls the manifest must get all of it. What is said to be had elsewhere need not be here.</summary>
    private void RequireContent(RepositoryName repository, ManifestDocument document)
    {
        if (document.Config is { } config)
        {
            RequireBlob(repository, config);
        }

        foreach (Descriptor layer in document.Layers)
        {
            if (layer.Urls.Count == 0)
            {
                RequireBlob(repository, layer);
            }
        }

        foreach (Descriptor manifest in document.Manifests)
        {
            if (_files.TryStat(RecordPath(repository, manifest.Digest)) is null)
            {
                throw new HostingException(HostingFault.ManifestBlobUnknown, $"the manifest {manifest.Digest} is not in {repository}");
            }
        }
    }

    private void RequireBlob(RepositoryName repository, Descriptor blob)
    {
        if (!HasBlob(repository, blob.Digest) || _files.TryStat(BlobPath(blob.Digest)) is not { } status)
        {
            throw new HostingException(HostingFault.ManifestBlobUnknown, $"the blob {blob.Digest} is not in {repository}");
        }

        if (status.Size != blob.Size)
        {
            throw new HostingException(
                HostingFault.ManifestInvalid, $"the blob {blob.Digest} has {status.Size} bytes, not {blob.Size}");
        }
    }

    private static string RecordPath(RepositoryName repository, Digest digest) =>
        $"{Repository(repository)}/_manifests/{digest.Algorithm}/{digest.Hex}";
}
