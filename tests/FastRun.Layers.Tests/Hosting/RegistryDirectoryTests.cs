using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Hosting;

public sealed class RegistryDirectoryTests : IDisposable
{
    private readonly TemporaryState _state = new();

    private string Root => _state.File("registry");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Upload_OfAnotherProcess_IsReadAgain()
    {
        byte[] content = Bytes(300_000);
        using RegistryDirectory one = RegistryDirectory.Open(Root);
        using RegistryDirectory other = RegistryDirectory.Open(Root);
        string id;
        using (BlobUpload upload = one.BeginUpload(Name("a")))
        {
            id = upload.Id;
            upload.Append(content.AsSpan(0, 100_000));
        }

        using (BlobUpload upload = other.ResumeUpload(Name("a"), id))
        {
            Assert.Equal(100_000, upload.Size);
            upload.Append(content.AsSpan(100_000, 100_000));
        }

        using (BlobUpload upload = one.ResumeUpload(Name("a"), id))
        {
            upload.Append(content.AsSpan(200_000));
            upload.Complete(DigestOf(content));
        }

        using HostedBlob? blob = other.FindBlob(Name("a"), DigestOf(content));
        Assert.Equal(content.Length, blob!.Size);
        Assert.Equal(HostingFault.UploadUnknown, Assert.Throws<HostingException>(() => one.ResumeUpload(Name("a"), id)).Fault);
    }

    [Fact]
    public void Upload_ThatAnotherHolds_IsBusy()
    {
        using RegistryDirectory directory = RegistryDirectory.Open(Root);
        using BlobUpload upload = directory.BeginUpload(Name("a"));

        Assert.Equal(HostingFault.UploadBusy, Assert.Throws<HostingException>(() => directory.ResumeUpload(Name("a"), upload.Id)).Fault);
        Assert.Equal(HostingFault.UploadUnknown, Assert.Throws<HostingException>(() => directory.ResumeUpload(Name("b"), upload.Id)).Fault);
        Assert.Equal(HostingFault.UploadUnknown, Assert.Throws<HostingException>(() => directory.ResumeUpload(Name("a"), "../" + upload.Id[3..])).Fault);
    }

    [Fact]
    public void Upload_GivenUp_GoesWhenAServerStarts()
    {
        using (RegistryDirectory directory = RegistryDirectory.Open(Root))
        {
            directory.BeginUpload(Name("a")).Dispose();
            directory.BeginUpload(Name("a")).Dispose();
        }

        string[] files = Directory.GetFiles(Path.Combine(Root, "uploads"));
        File.SetLastWriteTimeUtc(files[0], DateTime.UtcNow - RegistryDirectory.UploadGrace - TimeSpan.FromMinutes(1));

        RegistryDirectory.Open(Root).Dispose();

        Assert.Equal([files[1]], Directory.GetFiles(Path.Combine(Root, "uploads")));
    }

    [Fact]
    public void Manifest_DamagedOnTheDisk_IsNotServed()
    {
        using RegistryDirectory directory = RegistryDirectory.Open(Root);
        Digest digest = PutArtifact(directory, "v1");
        File.AppendAllText(Path.Combine(Root, "blobs/sha256", digest.Hex), " ");

        Assert.Throws<CorruptContentException>(() => directory.FindManifest(Name("a"), ManifestReference.Of(digest)));
    }

    [Fact]
    public void Collect_WhilePushesAreKept_Waits()
    {
        using RegistryDirectory directory = RegistryDirectory.Open(Root);
        using CancellationTokenSource stop = new();

        using (directory.Hold())
        {
            Assert.Throws<OperationCanceledException>(() => directory.Collect(untagged: false, stop.Cancel, stop.Token));
        }

        Assert.Equal(new RegistryGarbage(0, 0, 0, 0), directory.Collect(untagged: false, static () => { }, CancellationToken.None));
    }

    [Fact]
    public void Evict_RemovesTheOldestFirst()
    {
        using RegistryDirectory directory = RegistryDirectory.OpenCache(Root, "registry.test");
        byte[][] blobs = [Bytes(1000, 1), Bytes(1000, 2), Bytes(1000, 3)];
        for (int i = 0; i < blobs.Length; i++)
        {
            Push(directory, blobs[i]);
            File.SetLastWriteTimeUtc(Path.Combine(Root, "blobs/sha256", DigestOf(blobs[i]).Hex), DateTime.UtcNow.AddHours(i - 10));
        }

        Assert.Equal(3000, directory.MeasureBlobs());
        Assert.Equal(2000, directory.Evict(2500));

        Assert.Null(directory.FindBlob(Name("a"), DigestOf(blobs[0])));
        directory.FindBlob(Name("a"), DigestOf(blobs[1]))!.Dispose();
        Assert.False(directory.TryAdopt(Name("b"), DigestOf(blobs[0]), 1000));
        Assert.True(directory.TryAdopt(Name("b"), DigestOf(blobs[1]), 1000));
        Assert.False(directory.TryAdopt(Name("b"), DigestOf(blobs[1]), 1001));
    }

    [Fact]
    public void Open_WhatIsForSomethingElse_IsRefused()
    {
        RegistryDirectory.OpenCache(Root, "registry.test").Dispose();

        Assert.Contains("cache of registry.test", Assert.Throws<HostingException>(() => RegistryDirectory.Open(Root)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Root, "fastrun-registry"), "fastrun registry, layout 2, own content\n");
        Assert.Contains("newer release", Assert.Throws<HostingException>(() => RegistryDirectory.Open(Root)).Message, StringComparison.Ordinal);
        Assert.Throws<HostingException>(() => RegistryDirectory.OpenExisting(Root));
    }

    private static RepositoryName Name(string text) => RepositoryName.TryParse(text, out RepositoryName name) ? name : throw new ArgumentException(text);

    private static Digest DigestOf(byte[] content) => Digest.FromSha256(SHA256.HashData(content));

    private static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void Push(RegistryDirectory directory, byte[] content)
    {
        using BlobUpload upload = directory.BeginUpload(Name("a"));
        upload.Append(content);
        upload.Complete(DigestOf(content));
    }

    private static Digest PutArtifact(RegistryDirectory directory, string tag)
    {
        byte[] empty = "{}"u8.ToArray();
        Push(directory, empty);
        string config = string.Create(
            CultureInfo.InvariantCulture, $$"""{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{DigestOf(empty)}}","size":2}""");
        string manifest = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{config}},"layers":[]}""";
        Assert.True(ManifestReference.TryParse(tag, out ManifestReference reference));
        return directory.PutManifest(Name("a"), reference, MediaTypes.OciManifest, Encoding.UTF8.GetBytes(manifest), out Digest? subject) is { } digest
            && subject is null ? digest : throw new InvalidOperationException();
    }
}
