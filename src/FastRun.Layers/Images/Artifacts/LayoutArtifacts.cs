using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using FastRun.Layers.Content;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Registry.Upload;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images.Artifacts;

/// <summary>
/// An OCI image layout in a directory: blobs come first, each by rename, and <c>index.json</c> last, so that whoever reads it meanwhile,
/// or after a kill, finds a whole one. Who reads or writes it holds a shared lock on its directory of blobs; blobs without a name go only
/// when nobody else does.
/// </summary>
internal sealed class LayoutArtifacts(string directory, bool pushes) : ArtifactRepository
{
    private const int DirectoryMode = 0b_111_101_101;
    private const int FileMode = 0b_110_100_100;
    private const string Blobs = "blobs/sha256";
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string Tag = "latest";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private DirectoryFiles? _files;
    private FileLock? _held;
    private bool _isPrepared;
    private bool _isOfOneKind;

    internal override string Subject => directory;

    public override byte[] Fetch(Descriptor descriptor, long limit)
    {
        string name = Require(descriptor);
        byte[] content = Files().TryRead(name, (int)Math.Min(limit, StrictJson.MaxSize))
            ?? throw new CorruptContentException(Subject, $"{name} is missing");
        ContentStore.Verify(descriptor.Digest, content, $"{Subject}: {name}");
        return content;
    }

    public override LayerSource Layer(Descriptor descriptor, Digest diffId) =>
        new FileLayer(Files(), Require(descriptor), descriptor.MediaType, descriptor.Digest, descriptor.Size, diffId);

    public override bool Has(Descriptor blob) =>
        FileAt.TryStat(null, Path.Combine(directory, PathOf(blob.Digest)), out FileStatus status) == Errno.None
        && status.Type == FileType.Regular && status.Size == blob.Size;

    public override void Name(ReadOnlyMemory<byte> manifest)
    {
        _isOfOneKind = IsOfKind(ManifestDocument.Parse(manifest, Subject).Config?.MediaType);
        Descriptor described = Put(MediaTypes.OciManifest, manifest.ToArray());
        AtomicFile.Write(Path.Combine(directory, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}"u8, FileMode);
        AtomicFile.Write(Path.Combine(directory, "index.json"), IndexOf(described), FileMode);
    }

    public override void Collect()
    {
        if (!_isOfOneKind || _held?.TryConvert(FileLockMode.Exclusive) != true || TryReadNamed() is not { } named)
        {
            return;
        }

        string blobs = Path.Combine(directory, Blobs);
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, blobs))
        {
            if (Digest.TryParse("sha256:" + entry.Text, out _) && !named.Contains(entry.Text))
            {
                FileAt.TryUnlink(null, Path.Combine(blobs, entry.Text));
            }
        }
    }

    public override void Dispose()
    {
        _files?.Dispose();
        _held?.Dispose();
    }

    private protected override ManifestDocument? TryFetchTop()
    {
        if (pushes)
        {
            Prepare();
        }

        // Where it is being cleaned up, what is needed stays.
        _held ??= FileLock.TryAcquire(null, Path.Combine(directory, Blobs), FileLockMode.Shared, out _);
        if (FileAt.TryStat(null, Path.Combine(directory, "index.json"), out _) is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }

        byte[] json = Files().TryRead("index.json", StrictJson.MaxSize) ?? throw new CorruptContentException(Subject, "index.json is missing");
        return ManifestDocument.Parse(json, $"{Subject}: index.json") is { IsIndex: true } index
            ? index
            : throw new CorruptContentException($"{Subject}: index.json", "is a manifest, not an index");
    }

    private protected override ManifestDocument Fetch(Descriptor manifest) =>
        ManifestDocument.Parse(Fetch(manifest, StrictJson.MaxSize), $"manifest {manifest.Digest}", manifest.MediaType);

    private protected override (Digest Digest, long Size) Put(UploadSource source, string called)
    {
        Prepare();
        string blobs = Path.Combine(directory, Blobs);
        string temporary = Path.Combine(blobs, AtomicFile.TemporaryPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        using FileLock held = FileLock.TryAcquireOrCreate(null, temporary, FileLockMode.Exclusive, out Errno errno)
            ?? throw new SyscallException("openat2", errno, temporary);
        try
        {
            using Fd file = FileAt.Open(null, temporary, OpenFlags.Write | OpenFlags.NoFollow);
            (Digest digest, long size) = Copy(source, file);
            if ((source.Digest ?? digest) != digest)
            {
                throw new CorruptContentException(called, $"has the digest {digest}, not {source.Digest}");
            }

            FileAt.ChangeMode(file, FileMode);
            FileContent.Sync(file);
            FileAt.Rename(null, temporary, null, Path.Combine(directory, PathOf(digest)));
            return (digest, size);
        }
        catch
        {
            FileAt.TryUnlink(null, temporary);
            throw;
        }
    }

    private static (Digest Digest, long Size) Copy(UploadSource source, Fd file)
    {
        using Stream stream = source.Open();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[256 * 1024];
        long size = 0;
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            FileContent.Write(file, buffer.AsSpan(0, read));
            size += read;
        }

        return (Digest.FromSha256(hash.GetHashAndReset()), size);
    }

    private static string PathOf(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private DirectoryFiles Files() => _files ??= new DirectoryFiles(directory, directory);

    private string Require(Descriptor descriptor)
    {
        string name = PathOf(descriptor.Digest);
        long size = Files().TryGetSize(name) ?? throw new CorruptContentException(Subject, $"{name} is missing");
        return size == descriptor.Size
            ? name
            : throw new CorruptContentException(Subject, $"{name} has {size} bytes, but its descriptor says {descriptor.Size}");
    }

    /// <summary>Makes the directories, and removes what nobody writes any more.</summary>
    private void Prepare()
    {
        lock (_gate)
        {
            if (_isPrepared)
            {
                return;
            }

            string blobs = Path.Combine(directory, Blobs);
            FileAt.MakeDirectories(null, blobs, DirectoryMode);
            _held ??= Share(blobs);
            foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, blobs))
            {
                if (entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
                {
                    string path = Path.Combine(blobs, entry.Text);
                    using FileLock? abandoned = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
                    if (abandoned is not null)
                    {
                        FileAt.TryUnlink(null, path);
                    }
                }
            }

            _isPrepared = true;
        }
    }

    /// <summary>Waits until nobody cleans up there, which takes a moment.</summary>
    private static FileLock? Share(string blobs)
    {
        using ManualResetEventSlim never = new();
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (true)
        {
            if (FileLock.TryAcquire(null, blobs, FileLockMode.Shared, out Errno errno) is { } held)
            {
                return held;
            }

            if (errno != Errno.EAGAIN)
            {
                // A file system without locks for directories: there nothing is ever removed.
                return null;
            }

            if (Environment.TickCount64 > end)
            {
                throw new SyscallException("flock", errno, blobs);
            }

            never.Wait(s_nap);
        }
    }

    /// <summary>Whether the index is there, and all that it names are artifacts of a kind.</summary>
    private bool IsOfKind(string? kind)
    {
        try
        {
            return TryFetchTop() is { Manifests.Count: > 0 } index && index.Manifests.All(each => Fetch(each).Config?.MediaType == kind);
        }
        catch (CorruptContentException)
        {
            return false;
        }
    }

    /// <summary>The names of the blobs that the index leads to; null where that cannot be told.</summary>
    private HashSet<string>? TryReadNamed()
    {
        try
        {
            HashSet<string> named = new(StringComparer.Ordinal);
            foreach (Descriptor manifest in TryFetchTop()?.Manifests ?? [])
            {
                ManifestDocument document = Fetch(manifest);
                named.UnionWith([manifest.Digest.Hex, document.Config?.Digest.Hex ?? "", .. document.Layers.Select(static layer => layer.Digest.Hex)]);
            }

            return named.Count > 0 ? named : null;
        }
        catch (CorruptContentException)
        {
            return null;
        }
    }

    private static byte[] IndexOf(Descriptor manifest)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            json.WriteStartObject();
            json.WriteString("mediaType", manifest.MediaType);
            json.WriteString("digest", manifest.Digest.ToString());
            json.WriteNumber("size", manifest.Size);
            json.WriteStartObject("annotations");
            json.WriteString(RefName, Tag);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
