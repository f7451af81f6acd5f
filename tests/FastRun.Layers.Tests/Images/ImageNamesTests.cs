using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>Tags and digests of images that came through an index: tag, index, manifest, record.</summary>
public sealed class ImageNamesTests : IDisposable
{
    private static readonly Digest s_manifest = Digest.Parse("sha256:" + new string('a', 64));
    private static readonly Digest s_index = Digest.Parse("sha256:" + new string('b', 64));
    private static readonly Digest s_newIndex = Digest.Parse("sha256:" + new string('c', 64));

    private readonly TemporaryState _state = new();
    private readonly ImageNames _names;
    private readonly ImageStore _store;
    private readonly Digest _id;

    public ImageNamesTests()
    {
        _names = new ImageNames(_state.Layout);
        _store = new ImageStore(_state.Layout);
        TestLayout layout = new(_state.File("seed"));
        layout.AddImage("t", "content");
        using ImageLease lease = _store.Open(ImageLocation.Parse("oci:" + layout.Path));
        _id = lease.Record.ImageId;
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Link_ThroughAnIndex_TagIndexAndManifestAllOpenTheImage()
    {
        Link("r.example/a:t", s_index);
        foreach (string name in (string[])["r.example/a:t", $"r.example/a@{s_index}", $"r.example/a@{s_manifest}"])
        {
            using ImageLease lease = _store.Open(ImageLocation.Parse(name));
            Assert.Equal(_id, lease.Record.ImageId);
        }

        Assert.True(_names.Means(ImageReference.Parse("r.example/a:t"), _id, s_manifest, s_index));
        Assert.False(_names.Means(ImageReference.Parse("r.example/a:t"), _id, s_manifest, index: null));
        Assert.False(_names.Means(ImageReference.Parse("r.example/a:t"), _id, s_manifest, s_newIndex));
    }

    [Fact]
    public void List_ThroughAnIndex_ShowsTheIndexDigestOnly()
    {
        Link("r.example/a:t", s_index);
        ImageSummary image = Assert.Single(_store.List(), image => image.Repository == "r.example/a");
        Assert.Equal(("t", s_index), (image.Tag, image.ManifestDigest));
        ImageDetails details = _store.Inspect(ImageLocation.Parse("r.example/a:t"));
        Assert.Contains($"r.example/a@{s_index}", details.RepoDigests);
        Assert.DoesNotContain($"r.example/a@{s_manifest}", details.RepoDigests);
    }

    [Fact]
    public void Link_TagMovedToAnotherIndexOfTheImage_OldIndexStaysADigestOfIt()
    {
        Link("r.example/a:t", s_index);
        Link("r.example/a:t", s_newIndex);

        // As `docker images` has it: beside a tag in the same repository an image has no line for a digest.
        ImageSummary shown = Assert.Single(_store.List(), image => image.Repository == "r.example/a");
        Assert.Equal(("t", s_newIndex), (shown.Tag, shown.ManifestDigest));
        Assert.Superset(
            new HashSet<string> { $"r.example/a@{s_index}", $"r.example/a@{s_newIndex}" },
            _store.Inspect(ImageLocation.Parse("r.example/a:t")).RepoDigests.ToHashSet());
    }

    [Fact]
    public void Remove_LastTagThroughAnIndex_BothDigestsGo()
    {
        Link("r.example/a:t", s_index);
        ImageRemoval removal = _store.Remove(ImageLocation.Parse("r.example/a:t"));
        Assert.Equal(
            ["r.example/a:t", $"r.example/a@{s_manifest}", $"r.example/a@{s_index}"],
            removal.Untagged);
        Assert.DoesNotContain(_names.All(), name => name.Reference.Registry == "r.example");
    }

    [Fact]
    public void Remove_OneOfTwoIndexesOfAManifest_ManifestStays()
    {
        Link("r.example/a:t", s_index);
        Link("r.example/a:u", s_newIndex);
        Assert.Equal(["r.example/a:t", $"r.example/a@{s_index}"], _store.Remove(ImageLocation.Parse("r.example/a:t")).Untagged);
        _store.Open(ImageLocation.Parse("r.example/a:u")).Dispose();
    }

    [Fact]
    public void Remove_ByManifestDigest_TakesIndexAndTagAlong()
    {
        Link("r.example/a:t", s_index);
        Assert.Equal(3, _store.Remove(ImageLocation.Parse($"r.example/a@{s_manifest}")).Untagged.Count);
        Assert.DoesNotContain(_names.All(), name => name.Reference.Registry == "r.example");
    }

    [Fact]
    public void All_IndexWhoseManifestIsGone_LeadsNowhere()
    {
        Link("r.example/a:t", s_index);
        _names.Unlink(ImageReference.Parse($"r.example/a@{s_manifest}"));
        Assert.All(_names.All().Where(name => name.Reference.Registry == "r.example"), name => Assert.False(_names.IsWhole(name)));
        _store.CollectGarbage();
        Assert.DoesNotContain(_names.All(), name => name.Reference.Registry == "r.example");
    }

    private void Link(string name, Digest index)
    {
        using (_names.Lock())
        {
            _names.Link(ImageReference.Parse(name), _id, s_manifest, index);
        }
    }
}
