using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>A registry that ends, however it ends: what it acknowledged is there afterwards, and what it did not is no harm.</summary>
public sealed class RegistryCrashTests : IDisposable
{
    private readonly StateRoots _roots = new();

    private string Directory => Path.Combine(_roots.Top, "registry");

    public void Dispose() => _roots.Dispose();

    [Fact]
    public void Kill_AtEveryChangeOfTheDisk_KeepsWhatWasAcknowledged()
    {
        byte[] config = "{}"u8.ToArray();
        byte[] layer = OwnRegistry.Bytes(300_000);
        byte[] manifest = OwnRegistry.ManifestOf(config, layer);
        int point = 0;
        for (bool wasKilled = true; wasKilled; point++)
        {
            string directory = Path.Combine(_roots.Top, "registry-" + point.ToString(CultureInfo.InvariantCulture));
            List<string> acknowledged = [];
            using (OwnRegistry? registry = TryStart(directory, point + 1))
            {
                wasKilled = registry is null || !TryPush(registry, config, layer, manifest, acknowledged);
            }

            using OwnRegistry again = new(directory);
            foreach (string path in acknowledged)
            {
                Assert.Equal(200, again.Status(HttpMethod.Get, path));
            }

            Assert.True(TryPush(again, config, layer, manifest, []), $"after a kill at {point + 1}");
            Assert.Equal(OwnRegistry.Sha256(manifest), OwnRegistry.Sha256(again.Get("/v2/a/manifests/v1")));
            Assert.Equal(layer, again.Get("/v2/a/blobs/" + OwnRegistry.Sha256(layer)));
        }

        Assert.InRange(point, 20, 200);
    }

    [Fact]
    public void Upload_AfterAKill_GoesOnWhereItWas()
    {
        byte[] content = OwnRegistry.Bytes(3_000_000);
        string place;
        using (OwnRegistry registry = new(Directory))
        {
            place = registry.BeginUpload("a");
            Assert.Equal(202, registry.Status(HttpMethod.Patch, place, content[..2_000_000]));
            registry.Kill();
        }

        using OwnRegistry again = new(Directory);
        using HttpResponseMessage status = again.Send(HttpMethod.Get, place);
        Assert.Equal("0-1999999", Assert.Single(status.Headers.GetValues("Range")));
        using HttpResponseMessage last = again.Send(
            HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}", content[2_000_000..], contentRange: "2000000-2999999");
        Assert.Equal(201, (int)last.StatusCode);
        Assert.Equal(content, again.Get("/v2/a/blobs/" + OwnRegistry.Sha256(content)));
    }

    [Fact]
    public void Disk_Full_IsSaidAndNothingIsLeft()
    {
        _roots.NewDirectory("registry");
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=1m", "none", Directory);
        using OwnRegistry registry = new(Directory);
        byte[] large = OwnRegistry.Bytes(2_000_000);
        byte[] small = OwnRegistry.Bytes(100_000);

        Assert.Equal(507, registry.Status(HttpMethod.Post, "/v2/a/blobs/uploads/?digest=" + OwnRegistry.Sha256(large), large));
        string place = registry.BeginUpload("a");
        Assert.Equal(507, registry.Status(HttpMethod.Patch, place, large));

        Assert.Empty(System.IO.Directory.GetFiles(Path.Combine(Directory, "uploads")));
        Assert.Equal(small, registry.Get("/v2/a/blobs/" + registry.PushBlob("a", small)));
    }

    [Fact]
    public void Upload_TooLarge_IsRefused()
    {
        using OwnRegistry registry = new(Directory, ["--max-blob-size", "1m"]);
        byte[] large = OwnRegistry.Bytes((1 << 20) + 1);
        string place = registry.BeginUpload("a");
        Assert.Equal(202, registry.Status(HttpMethod.Patch, place, large[..1_000_000]));

        Assert.Equal(413, registry.Status(HttpMethod.Patch, place, large[1_000_000..]));
        Assert.Equal(413, registry.Status(HttpMethod.Post, "/v2/a/blobs/uploads/?digest=" + OwnRegistry.Sha256(large), large));

        // Of unknown length it ends where it becomes too large.
        using HttpRequestMessage endless = new(HttpMethod.Patch, registry.BeginUpload("a")) { Content = new StreamContent(new MemoryStream(large)) };
        endless.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage refused = registry.Client.Send(endless);
        Assert.Equal(413, (int)refused.StatusCode);
        Assert.Single(System.IO.Directory.GetFiles(Path.Combine(Directory, "uploads")));
    }

    [Fact]
    public void SymbolicLink_InTheDirectory_IsNotFollowed()
    {
        using OwnRegistry registry = new(Directory);
        byte[] secret = OwnRegistry.Bytes(100);
        string outside = _roots.NewDirectory("outside");
        File.WriteAllBytes(Path.Combine(outside, "secret"), secret);
        string digest = registry.PushBlob("a", secret);
        string blob = Path.Combine(Directory, "blobs/sha256", digest["sha256:".Length..]);
        File.Delete(blob);
        File.CreateSymbolicLink(blob, Path.Combine(outside, "secret"));
        File.CreateSymbolicLink(Path.Combine(Directory, "repositories/link"), outside);

        Assert.Equal(500, registry.Status(HttpMethod.Get, "/v2/a/blobs/" + digest));
        Assert.NotEqual(201, registry.Status(HttpMethod.Post, "/v2/link/blobs/uploads/?digest=" + digest, secret));
        Assert.Equal([Path.Combine(outside, "secret")], System.IO.Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task Terminate_WithARequestUnderWay_LetsItEnd()
    {
        using OwnRegistry registry = new(Directory);
        byte[] content = OwnRegistry.Bytes(20_000_000);
        string digest = registry.PushBlob("a", content);
        using HttpResponseMessage response = await registry.Client.GetAsync("/v2/a/blobs/" + digest, HttpCompletionOption.ResponseHeadersRead);

        Task<int> exit = Task.Run(registry.Terminate);
        byte[] received = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(content, received);
        Assert.Equal(0, await exit);
    }

    [Fact]
    public void Collect_BesideAServer_RemovesWhatNothingNeeds()
    {
        using OwnRegistry registry = new(Directory, ["--allow-delete"]);
        byte[] kept = OwnRegistry.Bytes(1000);
        byte[] dropped = OwnRegistry.Bytes(2000, seed: 2);
        byte[] fresh = OwnRegistry.Bytes(3000, seed: 3);
        registry.PushImage("a", "kept", kept);
        string manifest = registry.PushImage("a", "dropped", dropped);
        registry.PushImage("a", "moved", OwnRegistry.Bytes(4000, seed: 4));
        registry.PushImage("a", "moved", kept);
        registry.PushBlob("a", fresh);
        string abandoned = registry.BeginUpload("a");
        string recent = registry.BeginUpload("a");
        Assert.Equal(202, registry.Status(HttpMethod.Delete, "/v2/a/manifests/" + manifest));
        Age(Blob(dropped), TimeSpan.FromHours(2));
        Age(Blob(OwnRegistry.Bytes(4000, seed: 4)), TimeSpan.FromHours(2));
        Age(System.IO.Directory.GetFiles(Path.Combine(Directory, "uploads"), abandoned.Split('/')[^1] + "*")[0], TimeSpan.FromHours(25));

        Assert.StartsWith("uploads: 1, manifests: 0, blobs: 2,", Collect(), StringComparison.Ordinal);

        Assert.Equal(404, registry.Status(HttpMethod.Head, "/v2/a/blobs/" + OwnRegistry.Sha256(dropped)));
        Assert.Equal(200, registry.Status(HttpMethod.Head, "/v2/a/blobs/" + OwnRegistry.Sha256(fresh)));
        Assert.Equal(200, registry.Status(HttpMethod.Head, "/v2/a/blobs/" + OwnRegistry.Sha256(kept)));
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/a/manifests/kept"));
        Assert.Equal(404, registry.Status(HttpMethod.Get, abandoned));
        Assert.Equal(204, registry.Status(HttpMethod.Get, recent));

        // What no tag leads to goes only where that is asked for.
        Assert.StartsWith("uploads: 0, manifests: 1, blobs: 2,", Collect("--untagged"), StringComparison.Ordinal);
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/a/manifests/moved"));
    }

    [Fact]
    public void Collect_WhatIsNoRegistry_IsRefused()
    {
        _roots.NewFile("other/file", "content");

        new Command(Repository.Binary, "registry", "gc", Path.Combine(_roots.Top, "other")).Run().FailsWith(1, "not a directory of a registry");

        Assert.True(File.Exists(Path.Combine(_roots.Top, "other/file")));
    }

    private static OwnRegistry? TryStart(string directory, int point)
    {
        try
        {
            return new OwnRegistry(
                directory, environment: new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = point.ToString(CultureInfo.InvariantCulture) });
        }
        catch (Xunit.Sdk.XunitException)
        {
            return null;
        }
    }

    /// <summary>Pushes an image in chunks; false where the registry went meanwhile.</summary>
    private static bool TryPush(OwnRegistry registry, byte[] config, byte[] layer, byte[] manifest, List<string> acknowledged)
    {
        try
        {
            registry.PushBlob("a", config);
            acknowledged.Add("/v2/a/blobs/" + OwnRegistry.Sha256(config));
            string place = registry.BeginUpload("a");
            Assert.Equal(202, registry.Status(HttpMethod.Patch, place, layer[..100_000]));
            Assert.Equal(201, registry.Status(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(layer)}", layer[100_000..]));
            acknowledged.Add("/v2/a/blobs/" + OwnRegistry.Sha256(layer));
            Assert.Equal(201, registry.Status(HttpMethod.Put, "/v2/a/manifests/v1", manifest, OwnRegistry.Manifest));
            acknowledged.Add("/v2/a/manifests/v1");
            return true;
        }
        catch (HttpRequestException)
        {
            Assert.Equal(137, registry.WaitForExit());
            return false;
        }
    }

    private string Blob(byte[] content) =>
        Path.Combine(Directory, "repositories/a/_blobs/sha256", OwnRegistry.Sha256(content)["sha256:".Length..]);

    private static void Age(string file, TimeSpan age) => File.SetLastWriteTimeUtc(file, DateTime.UtcNow - age);

    private string Collect(params IReadOnlyList<string> options) =>
        new Command(Repository.Binary, ["registry", "gc", .. options, Directory]).Run().Output;
}
