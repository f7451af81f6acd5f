using System;
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

    private PulledImage Pull() => _store.Pull(_name, null, s_options, new LoadObserver());

    /// <summary>An image whose layers hold one file each, with its name as content.</summary>
    private void Serve(string tag, params string[] files)
    {
        byte[][] tars = [.. files.Select(file => TestLayout.LayerTar(file, file))];
        byte[] config = Encoding.UTF8.GetBytes(TestLayout.ConfigJson(tars.Select(TestLayout.Sha256)));
        string[] layers = [.. tars.Select(TestLayout.Gzip).Select(blob =>
        {
            _registry.AddBlob(blob);
            return TestLayout.Descriptor(MediaTypes.OciLayerGzip, blob);
        })];
        _registry.AddBlob(config);
        string manifest = $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{TestLayout.Descriptor(MediaTypes.OciConfig, config)}},
            "layers":[{{string.Join(",", layers)}}]}
            """;
        _registry.AddManifest(Encoding.UTF8.GetBytes(manifest), MediaTypes.OciManifest, tag);
    }
}
