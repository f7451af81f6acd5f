using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Images;

/// <summary>Pulling and repairing, request by request.</summary>
public sealed class ImagePullTests : IDisposable
{
    private static readonly RegistryClientOptions s_options = new() { Configuration = RegistryConfiguration.Default };

    private readonly TemporaryState _state = new();
    private readonly FaultyRegistry _registry = new();
    private readonly ImageStore _store;
    private readonly ImageReference _name;

    public ImagePullTests()
    {
        _store = new ImageStore(_state.Layout);
        _name = ImageReference.Parse(_registry.Authority + "/app:t");
        Serve("t", "lower", "upper");
    }

    public void Dispose()
    {
        _registry.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void Pull_PresentAndCurrent_OneHeadRequest()
    {
        Pull().Dispose();
        _registry.Requests.Clear();
        using PulledImage again = Pull();
        Assert.False(again.IsNew);
        Assert.Equal("HEAD", Assert.Single(_registry.Requests).Method);
    }

    [Fact]
    public void Pull_ByDigestThatIsHere_NoRequest()
    {
        using PulledImage first = Pull();
        _registry.Requests.Clear();
        ImageReference byDigest = ImageReference.Parse($"{_registry.Authority}/app@{first.Digest}");
        using PulledImage again = _store.Pull(byDigest, null, s_options, new LoadObserver());
        Assert.Equal(first.Lease.Record.ImageId, again.Lease.Record.ImageId);
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public void Pull_LayerIsGone_OnlyThatOneIsFetched()
    {
        string top;
        using (PulledImage first = Pull())
        {
            top = first.Lease.Record.LayerIds[0];
        }

        Directory.Delete(_state.Layout.Layer(top), recursive: true);
        _registry.Requests.Clear();
        using PulledImage again = Pull();
        Assert.Equal("upper", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(again.Lease.Record.LayerIds[0]), "upper")));
        Assert.Equal(2, _registry.Requests.Count(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)));
    }

    [Fact]
    public void MissingContent_LayersAreGone_TheirBlobs()
    {
        using (PulledImage first = Pull())
        {
            Assert.Empty(_store.MissingContent(_name));
            Directory.Delete(_state.Layout.Layer(first.Lease.Record.LayerIds[0]), recursive: true);
        }

        byte[] blob = TestLayout.Gzip(TestLayout.LayerTar("upper", "upper"));
        Assert.Equal(FaultyRegistry.DigestOf(blob), Assert.Single(_store.MissingContent(_name)).ToString());
        Assert.Empty(_store.MissingContent(ImageReference.Parse("unknown:t")));
    }

    [Fact]
    public void Repair_DamagedLayer_FetchedAgainUnderAllNames()
    {
        Digest id;
        string damaged;
        using (PulledImage first = Pull())
        {
            (id, damaged) = (first.Lease.Record.ImageId, first.Lease.Record.LayerIds[0]);
            Assert.Throws<ImageInUseException>(() => _store.Repair(id, [damaged], s_options, new LoadObserver()));
        }

        File.WriteAllText(Path.Combine(_state.Layout.LayerTree(damaged), "upper"), "bad");
        ImageReference source = _store.Repair(id, [damaged], s_options, new LoadObserver());
        Assert.NotNull(source.Digest);
        using ImageLease lease = _store.Open(ImageLocation.Parse(_name.ToString()));
        Assert.True(lease.IsDurable);
        Assert.NotEqual(damaged, lease.Record.LayerIds[0]);
        Assert.Equal("upper", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "upper")));
        Assert.False(Directory.Exists(_state.Layout.Layer(damaged)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Repair_DamagedDocuments_AreFetchedAgain(bool isIndex)
    {
        if (isIndex)
        {
            ServeIndex("t");
        }

        Digest id;
        using (PulledImage first = Pull())
        {
            id = first.Lease.Record.ImageId;
            first.Lease.MakeDurable();
        }

        string[] documents = Directory.GetFiles(Path.GetDirectoryName(_state.Layout.Blob(id))!);
        Assert.Equal(isIndex ? 3 : 2, documents.Length);
        foreach (string document in documents)
        {
            File.AppendAllText(document, " ");
            Assert.Single(_store.Check(repair: false).Damages);
            _registry.Requests.Clear();

            _store.Repair(id, [], s_options, new LoadObserver());

            Assert.Empty(_store.Check(repair: false).Damages);
            string[] layers = [.. _registry.Requests.Select(request => request.Path)
                .Where(path => path.Contains("/blobs/", StringComparison.Ordinal) && !path.EndsWith(id.ToString(), StringComparison.Ordinal))];
            Assert.Empty(layers);

            // An ordinary pull sees to it, too.
            File.Delete(document);
            Pull().Dispose();
            Assert.Empty(_store.Check(repair: false).Damages);
        }
    }

    [Fact]
    public void Repair_RegistryDoesNotKnowTheImage_NothingIsDiscarded()
    {
        Digest id;
        string damaged;
        using (PulledImage first = Pull())
        {
            (id, damaged) = (first.Lease.Record.ImageId, first.Lease.Record.LayerIds[0]);
        }

        using FaultyRegistry other = new();
        string link = Path.Combine(_state.Layout.Images, other.Authority);
        Directory.Move(Path.Combine(_state.Layout.Images, _registry.Authority), link);

        Assert.Throws<RegistryException>(() => _store.Repair(id, [damaged], s_options, new LoadObserver()));

        Assert.True(Directory.Exists(_state.Layout.Layer(damaged)));
    }

    [Fact]
    public void Repair_ImageOfALayout_NoRegistryIsKnown()
    {
        TestLayout layout = new(_state.File("local"));
        layout.AddImage("t", "x");
        Digest id;
        using (ImageLease lease = _store.Open(ImageLocation.Parse("oci:" + layout.Path)))
        {
            id = lease.Record.ImageId;
        }

        ImageNotFoundException e = Assert.Throws<ImageNotFoundException>(() => _store.Repair(id, [], s_options, new LoadObserver()));
        Assert.EndsWith("no registry is known that the image came from", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_TagMovesBack_IsNewWithoutAFetch()
    {
        Pull().Dispose();
        Serve("t", "lower", "other");
        Pull().Dispose();
        Serve("t", "lower", "upper");
        _registry.Requests.Clear();
        using PulledImage back = Pull();
        Assert.True(back.IsNew);
        Assert.Single(_registry.Requests);
        using ImageLease named = _store.Open(ImageLocation.Parse(_name.ToString()));
        Assert.Equal(back.Lease.Record.ImageId, named.Record.ImageId);
    }

    /// <summary>A mirror is not believed, and what it did wrong with one blob is asked of the registry.</summary>
    [Theory]
    [InlineData("flips a bit of")]
    [InlineData("sends something else than")]
    [InlineData("sends nothing but zeros for")]
    [InlineData("says another length of")]
    [InlineData("breaks off")]
    public void Pull_MirrorMisbehaves_TheRegistryHasTheLastWord(string what)
    {
        using FaultyRegistry mirror = new();
        Serve(mirror, "t", "lower", "upper");
        string digest = TestLayout.Sha256(TestLayout.Gzip(TestLayout.LayerTar("upper", "upper")));
        mirror.Answer = exchange => exchange.Request.Path.EndsWith(digest, StringComparison.Ordinal) && Misbehave(exchange, what);
        RegistryClientOptions options = new()
        {
            Configuration = new RegistryConfiguration(new Dictionary<string, RegistrySettings>
            {
                [_registry.Authority] = new([new Uri(mirror.Address)], IsInsecure: true),
            }),
            Timeouts = new RegistryTimeouts { FirstDelay = TimeSpan.FromMilliseconds(1), LongestDelay = TimeSpan.FromMilliseconds(20) },
        };

        using PulledImage pulled = _store.Pull(_name, null, options, new LoadObserver());

        Assert.Equal("upper", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(pulled.Lease.Record.LayerIds[0]), "upper")));
        Assert.Contains(mirror.Requests, request => request.Path.EndsWith(digest, StringComparison.Ordinal));

        // Another blob may have been on the connection that the mirror broke: then it is asked of the registry as well, but no manifest is.
        string[] asked = [.. _registry.Requests.Select(static request => request.Path).Distinct()];
        Assert.Contains($"/v2/app/blobs/{digest}", asked);
        Assert.All(asked, static path => Assert.StartsWith("/v2/app/blobs/", path, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_state.Layout.Staging));
        Assert.Empty(_store.Check(repair: false).Damages);
    }

    [Fact]
    public void Pull_MirrorAndRegistryGiveAWrongLayer_Refused()
    {
        using FaultyRegistry mirror = new();
        Serve(mirror, "t", "lower", "upper");
        string digest = TestLayout.Sha256(TestLayout.Gzip(TestLayout.LayerTar("upper", "upper")));
        mirror.Answer = _registry.Answer =
            exchange => exchange.Request.Path.EndsWith(digest, StringComparison.Ordinal) && Misbehave(exchange, "flips a bit of");
        RegistryClientOptions options = new()
        {
            Configuration = new RegistryConfiguration(new Dictionary<string, RegistrySettings>
            {
                [_registry.Authority] = new([new Uri(mirror.Address)], IsInsecure: true),
            }),
        };

        LayerException e = Assert.Throws<LayerException>(() => _store.Pull(_name, null, options, new LoadObserver()));

        Assert.Contains("the blob has the digest", e.Message, StringComparison.Ordinal);
        Assert.Single(_registry.Requests, request => request.Path.EndsWith(digest, StringComparison.Ordinal));
        Assert.Empty(_store.List());
    }

    private static bool Misbehave(FaultyExchange exchange, string what)
    {
        byte[] blob = TestLayout.Gzip(TestLayout.LayerTar("upper", "upper"));
        switch (what)
        {
            case "flips a bit of":
                // The time in gzip's header: only the digest tells.
                blob[4] ^= 1;
                break;
            case "sends something else than":
                blob = [.. TestLayout.Gzip(TestLayout.LayerTar("upper", "UPPER")), .. new byte[1000]];
                blob = blob[..TestLayout.Gzip(TestLayout.LayerTar("upper", "upper")).Length];
                break;
            case "sends nothing but zeros for":
                Array.Clear(blob);
                break;
            case "says another length of":
                blob = [.. blob, 0];
                break;
            default:
                exchange.Head(200, $"Content-Length: {blob.Length}");
                exchange.Send(blob.AsSpan(0, 20));
                exchange.Close();
                return true;
        }

        exchange.Respond(200, blob);
        return true;
    }

    private PulledImage Pull() => _store.Pull(_name, null, s_options, new LoadObserver());

    /// <summary>An index under a tag, of the image that the tag meant before.</summary>
    private void ServeIndex(string tag)
    {
        byte[] manifest = Serve(_registry, tag, "lower", "upper");
        string index = $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}",
            "manifests":[{{TestLayout.Descriptor(MediaTypes.OciManifest, manifest, TestLayout.PlatformOf(TestLayout.HostArchitecture))}}]}
            """;
        _registry.AddManifest(Encoding.UTF8.GetBytes(index), MediaTypes.OciIndex, tag);
    }

    /// <summary>An image whose layers hold one file each, with its name as content.</summary>
    private void Serve(string tag, params string[] files) => Serve(_registry, tag, files);

    private static byte[] Serve(FaultyRegistry registry, string tag, params string[] files)
    {
        byte[][] tars = [.. files.Select(file => TestLayout.LayerTar(file, file))];
        byte[] config = Encoding.UTF8.GetBytes(TestLayout.ConfigJson(tars.Select(TestLayout.Sha256)));
        string[] layers = [.. tars.Select(TestLayout.Gzip).Select(blob =>
        {
            registry.AddBlob(blob);
            return TestLayout.Descriptor(MediaTypes.OciLayerGzip, blob);
        })];
        registry.AddBlob(config);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{TestLayout.Descriptor(MediaTypes.OciConfig, config)}},
            "layers":[{{string.Join(",", layers)}}]}
            """);
        registry.AddManifest(manifest, MediaTypes.OciManifest, tag);
        return manifest;
    }
}
