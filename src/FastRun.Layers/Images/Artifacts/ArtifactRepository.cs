using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using FastRun.Layers.Archives;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images.Artifacts;

/// <summary>
/// A place for a manifest and its blobs that need be no image: a name of a registry's repository, or an OCI image layout in a
/// directory. What is fetched is verified by its digest; what a stranger wrote there is never believed further than that.
/// </summary>
public abstract class ArtifactRepository : IDisposable
{
    private const int BufferSize = 256 * 1024;

    /// <summary>A name of a registry. Nothing is sent yet.</summary>
    /// <param name="name">The repository with the tag or digest.</param>
    /// <param name="options">How the registry is reached.</param>
    /// <param name="pushes">Whether something is to be put there.</param>
    public static ArtifactRepository OfRegistry(ImageReference name, RegistryClientOptions options, bool pushes) =>
        new RegistryArtifacts(name, options, pushes);

    /// <summary>An OCI image layout.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="pushes">Whether something is to be put there; then it is made where it is not there.</param>
    public static ArtifactRepository OfLayout(string directory, bool pushes) => new LayoutArtifacts(directory, pushes);

    /// <summary>Fetches the manifest that is there, of an index the platform's.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="RegistryException">It cannot be had.</exception>
    /// <exception cref="CorruptContentException">It is none.</exception>
    /// <exception cref="PlatformNotFoundException">There are some, but none for the platform.</exception>
    public ManifestDocument? TryFetch(Platform platform)
    {
        if (TryFetchTop() is not { } document)
        {
            return null;
        }

        return document.IsIndex ? Fetch(new PlatformChoice(Subject, Fetch).Choose(document.Manifests, platform)) : document;
    }

    /// <summary>Fetches a small blob, of 4 MiB at most, and verifies it.</summary>
    /// <exception cref="RegistryException">It cannot be had.</exception>
    /// <exception cref="CorruptContentException">It is missing or damaged.</exception>
    public abstract byte[] Fetch(Descriptor descriptor, long limit = StrictJson.MaxSize);

    /// <summary>A blob as a layer that can be unpacked.</summary>
    public abstract LayerSource Layer(Descriptor descriptor, Digest diffId);

    /// <summary>Whether a blob is there.</summary>
    /// <exception cref="RegistryException">Nobody can tell.</exception>
    public abstract bool Has(Descriptor blob);

    /// <summary>Puts a small blob there.</summary>
    public Descriptor Put(string mediaType, byte[] content)
    {
        Descriptor descriptor = new(mediaType, Digest.FromSha256(SHA256.HashData(content)), content.Length);
        if (!Has(descriptor))
        {
            Put(new BytesSource(descriptor.Digest, content), "config");
        }

        return descriptor;
    }

    /// <summary>Puts a layer there, compressed on its way.</summary>
    /// <param name="tar">The layer's tar; whoever calls keeps the layer.</param>
    /// <param name="compression">How.</param>
    /// <param name="progress">Hears how many bytes of the tar were read.</param>
    /// <exception cref="LayerException">The tar cannot be made.</exception>
    public Descriptor Put(LayerTar tar, LayerCompression compression, Action<long> progress)
    {
        ArgumentNullException.ThrowIfNull(tar);
        ArgumentNullException.ThrowIfNull(compression);
        (Digest digest, long size) = PutUnwrapped(new CompressedSource(tar, compression, progress), $"layer {tar.DiffId}");
        return new Descriptor(compression.IsZstd ? MediaTypes.OciLayerZstd : MediaTypes.OciLayerGzip, digest, size);
    }

    /// <summary>Puts a blob of another repository there, as it is.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="origin">Where it is.</param>
    /// <param name="progress">Hears how many bytes were read.</param>
    public void Put(Descriptor blob, ArtifactRepository origin, Action<long> progress)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(origin);
        _ = PutUnwrapped(new PassedSource(blob, () => origin.Layer(blob, blob.Digest).Open(), progress), $"blob {blob.Digest}");
    }

    /// <summary>Puts a directory's files there, as a tar in Zstandard.</summary>
    /// <param name="directory">The directory; nobody writes to it meanwhile.</param>
    /// <param name="spool">A directory with room for the compressed tar, which leaves no trace in it.</param>
    /// <param name="progress">Hears how many bytes there are so far; what it throws ends it.</param>
    /// <exception cref="LayerException">A file was changed meanwhile.</exception>
    /// <exception cref="SyscallException">Something cannot be read or written.</exception>
    public Descriptor PutTree(Fd directory, string spool, Action<long> progress)
    {
        using Fd file = FileAt.Open(null, spool, OpenFlags.ReadWrite | OpenFlags.Unnamed, 0x180);
        using (ZstdWriteStream compressed = new(new Observed(FileContent.OpenStream(Fd.Borrow(file.Number), FileAccess.Write), progress), 3))
        {
            TreeArchive.Pack(directory, ".", compressed, new TreeSelection { Sorted = true });
            compressed.Complete();
        }

        Descriptor blob = new(MediaTypes.OciLayerZstd, DigestOf(file), FileAt.Stat(file).Size);
        if (!Has(blob))
        {
            _ = PutUnwrapped(
                new PassedSource(
                    blob,
                    () =>
                    {
                        FileContent.Seek(file, 0);
                        return FileContent.OpenStream(Fd.Borrow(file.Number), FileAccess.Read);
                    },
                    progress),
                "files");
        }

        return blob;
    }

    /// <summary>Unpacks what <see cref="PutTree"/> has put into an empty directory that nobody else can reach yet.</summary>
    /// <param name="blob">The blob, which is verified before anything of it is unpacked.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="spool">A directory with room for the blob.</param>
    /// <param name="description">What messages call the directory.</param>
    /// <exception cref="CorruptContentException">It is not what its descriptor says.</exception>
    /// <exception cref="LayerException">It is no tar, or more than a tar of its size may be.</exception>
    public void UnpackTree(Descriptor blob, Fd directory, string spool, string description)
    {
        ArgumentNullException.ThrowIfNull(blob);
        using Fd file = FileAt.Open(null, spool, OpenFlags.ReadWrite | OpenFlags.Unnamed, 0x180);
        using (Stream source = Layer(blob, blob.Digest).Open())
        {
            byte[] buffer = new byte[BufferSize];
            int read;
            while ((read = source.Read(buffer)) > 0)
            {
                FileContent.Write(file, buffer.AsSpan(0, read));
            }
        }

        if (DigestOf(file) is var digest && digest != blob.Digest)
        {
            throw new CorruptContentException($"{Subject}: blob {blob.Digest}", $"has the digest {digest}");
        }

        FileContent.Seek(file, 0);
        TreeArchive.Unpack(file, directory, "", new TreeTarget
        {
            KeepPrivileges = false,
            DeviceMounts = new HashSet<ulong>(),
            Description = description,
            MostBytes = new LayerLimits().BytesFor(blob.Size),
        });
    }

    /// <summary>Makes the name mean a manifest, whose blobs are there.</summary>
    /// <param name="manifest">The manifest: OCI's.</param>
    public abstract void Name(ReadOnlyMemory<byte> manifest);

    /// <summary>
    /// Removes what <see cref="Name"/> has left without a name, where everything there is of the same kind and nobody else reads or writes
    /// it now; else whoever comes next does. A registry does that by itself.
    /// </summary>
    /// <exception cref="SyscallException">What is there cannot be read.</exception>
    public virtual void Collect()
    {
    }

    /// <summary>The manifest of an artifact.</summary>
    /// <param name="config">Its config.</param>
    /// <param name="layers">Its other blobs.</param>
    public static byte[] ManifestOf(Descriptor config, IReadOnlyList<Descriptor> layers) => ManifestRewrite.Create(config, layers);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>What messages call it.</summary>
    internal abstract string Subject { get; }

    private protected abstract ManifestDocument? TryFetchTop();

    private protected abstract ManifestDocument Fetch(Descriptor manifest);

    private protected abstract (Digest Digest, long Size) Put(UploadSource source, string called);

    private (Digest Digest, long Size) PutUnwrapped(UploadSource source, string called)
    {
        try
        {
            return Put(source, called);
        }
        catch (UploadFailedException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static Digest DigestOf(Fd file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        long at = 0;
        int read;
        while ((read = FileContent.ReadAt(file, buffer, at)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            at += read;
        }

        return Digest.FromSha256(hash.GetHashAndReset());
    }

    private sealed class Observed(Stream target, Action<long> progress) : WriteOnlyStream
    {
        private long _written;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            target.Write(buffer);
            progress(_written += buffer.Length);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                target.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
