using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Context;

/// <summary>
/// Brings an image of an OCI layout of a client's here: a layout of its own with the manifests that the build may need and their blobs.
/// What comes is bounded by what the manifests say; who reads the layout verifies it.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="directory">An empty directory.</param>
internal sealed class ClientLayout(BuildClient client, string directory)
{
    private const int DirectoryMode = 0b_111_000_000;
    private const int FileMode = 0b_110_000_000;
    private const int LargestDocument = 4 << 20;
    private const int MostDocuments = 64;

    private readonly HashSet<Digest> _there = [];
    private int _documents;

    /// <summary>Brings one.</summary>
    /// <param name="name">What the build calls it.</param>
    /// <param name="place"><c>STORE[:TAG]@DIGEST</c>.</param>
    /// <param name="platforms">For what it is needed.</param>
    /// <returns>The image's name.</returns>
    /// <exception cref="EngineException">The client does not give it.</exception>
    internal string Receive(string name, string place, IReadOnlyList<Platform> platforms)
    {
        int at = place.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || !Digest.TryParse(place[(at + 1)..], out Digest digest) || digest.Algorithm != "sha256")
        {
            throw EngineException.Invalid($"invalid build context {name}: oci-layout://{place}: it has no digest");
        }

        string store = place[..at].Split(':')[0];
        FileAt.MakeDirectories(null, Path.Combine(directory, "blobs/sha256"), DirectoryMode);
        (string mediaType, long size) = Document(store, digest, platforms);
        AtomicFile.Write(Path.Combine(directory, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}"u8, FileMode);
        AtomicFile.Write(
            Path.Combine(directory, "index.json"),
            Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"schemaVersion\":2,\"manifests\":[{{\"mediaType\":\"{mediaType}\",\"digest\":\"{digest}\",\"size\":{size}}}]}}")),
            FileMode);
        return "oci:" + directory;
    }

    /// <summary>Brings an index or a manifest, and what it leads to.</summary>
    private (string MediaType, long Size) Document(string store, Digest digest, IReadOnlyList<Platform> platforms)
    {
        if (++_documents > MostDocuments)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"the client's OCI layout: {digest} leads to more than {MostDocuments} manifests");
        }

        byte[] bytes = Fetch(store, digest);
        ManifestDocument document = ManifestDocument.Parse(bytes, $"manifest {digest}");
        foreach (Descriptor manifest in document.Manifests.Where(each =>
            !each.IsAttestation && (each.Platform is null || platforms.Any(wanted => each.Platform.DistanceFrom(wanted) >= 0))))
        {
            if (!_there.Contains(manifest.Digest))
            {
                Document(store, manifest.Digest, platforms);
            }
        }

        foreach (Descriptor blob in document.Layers.Append(document.Config).OfType<Descriptor>())
        {
            if (_there.Add(blob.Digest))
            {
                using Fd file = Create(blob.Digest);
                client.WriteBlob(store, blob.Digest, new BoundedStream(FileContent.OpenStream(file, FileAccess.Write), blob.Size, blob.Digest));
            }
        }

        return (document.MediaType, bytes.Length);
    }

    private byte[] Fetch(string store, Digest digest)
    {
        using MemoryStream bytes = new();
        client.WriteBlob(store, digest, new BoundedStream(bytes, LargestDocument, digest));
        byte[] document = bytes.ToArray();
        if (Digest.FromSha256(SHA256.HashData(document)) != digest)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"the client's OCI layout: {digest} is something else");
        }

        _there.Add(digest);
        using Fd file = Create(digest);
        FileContent.Write(file, document);
        return document;
    }

    private Fd Create(Digest digest) => digest.Algorithm == "sha256"
        ? FileAt.Open(null, Path.Combine(directory, "blobs/sha256", digest.Hex), OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, FileMode)
        : throw new EngineException(ErrorKind.Unsupported, $"the client's OCI layout: {digest} is no sha256 digest");

    /// <summary>Takes no more than was announced.</summary>
    private sealed class BoundedStream(Stream target, long most, Digest digest) : WriteOnlyStream
    {
        private long _left = most;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if ((_left -= buffer.Length) < 0)
            {
                throw new EngineException(ErrorKind.CorruptContent, $"the client's OCI layout: {digest} is longer than announced");
            }

            target.Write(buffer);
        }
    }
}
