using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>Removing names and images, and collecting what is left behind.</summary>
public sealed class ImageRemovalTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;
    private readonly ImageStore _store;

    public ImageRemovalTests()
    {
        _layout = new TestLayout(_state.File("ci"));
        _store = new ImageStore(_state.Layout);
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Remove_OnlyTag_NamesRecordDocumentsAndLayersAreGone()
    {
        string digest = _layout.AddImage("t", "x");
        string id = Load();
        ImageRemoval removal = Remove("ci:t");
        Assert.Equal(["localhost/ci:t", $"localhost/ci@{digest}"], removal.Untagged);
        Assert.Equal(["sha256:" + id], removal.Deleted);
        Assert.Empty(_store.List());
        AssertEmpty(Path.Combine(_state.Layout.Content, "sha256"));
        AssertEmpty(_state.Layout.ImageIds);
        Assert.Equal(["_ids", "_loads", "_lock"], Names(_state.Layout.Images));
        Assert.Equal(["_diffs"], Names(_state.Layout.Layers));
        Assert.Equal("ci:t: no such image", Assert.Throws<ImageNotFoundException>(() => Remove("ci:t")).Message);
    }

    [Fact]
    public void Remove_OneOfTwoTags_OnlyTheName()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "one");
        _layout.List(manifest, "two");
        Load();
        ImageRemoval removal = Remove("localhost/ci:one");
        Assert.Equal(["localhost/ci:one"], removal.Untagged);
        Assert.Empty(removal.Deleted);
        Assert.Equal("two", Assert.Single(_store.List()).Tag);
        _store.Open(ImageLocation.Parse("ci:two")).Dispose();
        Assert.Single(Remove("ci:two").Deleted);
    }

    [Fact]
    public void Remove_LastTagOfARepository_ItsDigestGoesToo()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "t");
        _layout.List(manifest, "registry.example/a/b:t");
        Load();
        Assert.Equal(
            ["registry.example/a/b:t", $"registry.example/a/b@{TestLayout.Sha256(manifest)}"],
            Remove("registry.example/a/b:t").Untagged);
        Assert.False(Directory.Exists(Path.Combine(_state.Layout.Images, "registry.example")));
        _store.Open(ImageLocation.Parse("ci:t")).Dispose();
    }

    [Fact]
    public void Remove_ByDigest_TagsOfTheRepositoryGoToo()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "t");
        _layout.List(manifest, "registry.example/app:t");
        Load();
        ImageRemoval removal = Remove($"registry.example/app@{TestLayout.Sha256(manifest)}");
        Assert.Equal(2, removal.Untagged.Count);
        Assert.Empty(removal.Deleted);
        Assert.Equal("localhost/ci", Assert.Single(_store.List()).Repository);
    }

    [Fact]
    public void Remove_ById_SeveralRepositoriesNeedForce()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "t");
        _layout.List(manifest, "registry.example/app:t");
        string id = Load();
        Assert.Equal(
            $"conflict: unable to delete {id[..12]} (must be forced) - image is referenced in multiple repositories: localhost/ci:t, registry.example/app:t",
            Assert.Throws<ImageInUseException>(() => Remove(id[..12])).Message);
        Assert.Single(_store.Remove(ImageLocation.Parse(id[..12]), force: true).Deleted);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Remove_InUse_RefusedAndWhole()
    {
        _layout.AddImage("t", "x");
        using (ImageLease lease = _store.Open(ImageLocation.Parse("oci:" + _layout.Path)))
        {
            Assert.Equal(
                "ci:t: the image is in use by a running container",
                Assert.Throws<ImageInUseException>(() => Remove("ci:t")).Message);
            Assert.Throws<ImageInUseException>(() => Remove(lease.Record.ImageId.Hex));
            Assert.True(File.Exists(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "file")));
            Assert.Equal("t", Assert.Single(_store.List()).Tag);
        }

        Assert.Single(Remove("ci:t").Deleted);
    }

    [Fact]
    public void Remove_InUseByAnotherTag_UntagsOnly()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "one");
        _layout.List(manifest, "two");
        Load();
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:two"));
        Assert.Equal(["localhost/ci:one"], Remove("ci:one").Untagged);
    }

    [Fact]
    public void Remove_SharedLayer_StaysForTheOther()
    {
        byte[] shared = TestLayout.LayerTar("shared", "s");
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("a", "1")]), "one");
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("a", "2")]), "two");
        Load();
        Remove("ci:one");
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:two"));
        Assert.All(lease.Record.LayerIds, id => Assert.True(Directory.Exists(_state.Layout.LayerTree(id))));
        Assert.Equal(2, Directory.GetDirectories(_state.Layout.Layers).Count(path => !path.EndsWith("_diffs", StringComparison.Ordinal)));
    }

    [Fact]
    public void Remove_WhileSomeoneLoads_LayersAreLeftForTheNextCollection()
    {
        _layout.AddImage("t", "x");
        Load();
        using (new Layers.Snapshots.LayerStore(_state.Layout).Lock(Native.Filesystem.FileLockMode.Shared))
        {
            Assert.Single(Remove("ci:t").Deleted);
            Assert.Equal(2, Directory.GetDirectories(_state.Layout.Layers).Length);
        }

        GarbageReport report = _store.CollectGarbage();
        Assert.Equal((1, 2), (report.Layers, report.Documents));
        Assert.Equal(["_diffs"], Names(_state.Layout.Layers));
    }

    [Fact]
    public void CollectGarbage_WhileSomeoneLoadsForLong_LeavesLayersAndDocuments()
    {
        _layout.AddImage("t", "x");
        Load();
        int waits = 0;
        using (new Layers.Snapshots.LayerStore(_state.Layout).Lock(Native.Filesystem.FileLockMode.Shared))
        {
            Remove("ci:t");
            Directory.CreateDirectory(Path.Combine(_state.Layout.Staging, "left"));

            GarbageReport partial = _store.CollectGarbage(() => waits++, TimeSpan.FromMilliseconds(100));

            Assert.Equal((0, 0, true), (partial.Layers, partial.Documents, partial.IsPartial));
            Assert.True(Directory.Exists(Path.Combine(_state.Layout.Staging, "left")));
        }

        GarbageReport report = _store.CollectGarbage(() => waits++, TimeSpan.FromMinutes(1));
        Assert.Equal((2, 2, false), (report.Layers, report.Documents, report.IsPartial));
        Assert.Equal(1, waits);
    }

    [Fact]
    public void CollectGarbage_HealthyStore_NothingChanges()
    {
        _layout.AddImage("t", "x");
        Load();
        _store.CollectGarbage();
        string[] before = Tree();
        GarbageReport report = _store.CollectGarbage();
        Assert.Empty(report.DroppedImages);
        Assert.Equal((0, 0), (report.Layers, report.Documents));
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void CollectGarbage_EmptyState_Nothing()
    {
        GarbageReport report = _store.CollectGarbage();
        Assert.Equal((0, 0, 0), (report.DroppedImages.Count, report.Layers, report.Documents));
    }

    [Fact]
    public void CollectGarbage_UnusableImages_DroppedByName()
    {
        _layout.AddImage("lost", "lost");
        _layout.AddImage("damaged", "damaged");
        _layout.AddImage("partial", "partial");
        _layout.AddImage("whole", "whole");
        Load();
        Change("ci:lost", record => LaunchRecordFormat.Encode(
            LaunchRecordFormat.Decode(record, out _, out _)!, Guid.NewGuid(), durable: false));
        Change("ci:damaged", record => record[..^1]);
        using (ImageLease partial = _store.Open(ImageLocation.Parse("ci:partial")))
        {
            Directory.Delete(_state.Layout.Layer(partial.Record.LayerIds[0]), recursive: true);
        }

        GarbageReport report = _store.CollectGarbage();
        Assert.Equal(
            [
                "localhost/ci:damaged: its record is damaged",
                "localhost/ci:lost: it had not reached the disk when the machine lost power",
                "localhost/ci:partial: a layer is missing",
            ],
            report.DroppedImages.Order(StringComparer.Ordinal));
        Assert.Equal("whole", Assert.Single(_store.List()).Tag);
        Assert.Equal(2, Directory.GetDirectories(_state.Layout.Layers).Length);
        _store.Open(ImageLocation.Parse("ci:whole")).Dispose();
    }

    [Fact]
    public void CollectGarbage_WhatKilledCommandsLeave_Gone()
    {
        _layout.AddImage("t", "x");
        string id = Load();
        string repository = Path.Combine(_state.Layout.Images, "localhost", "ci");
        File.WriteAllText(Path.Combine(_state.Layout.ImageIds, ".tmp-1"), "");
        File.CreateSymbolicLink(Path.Combine(repository, "_tags", ".tmp-2"), "../_digests/x");
        File.CreateSymbolicLink(Path.Combine(repository, "_tags", "broken"), "../_digests/sha256:" + id);
        File.WriteAllText(Path.Combine(_state.Layout.ImageLoads, id), "");
        Directory.CreateDirectory(Path.Combine(_state.Layout.Images, "empty.example", "a", "_tags"));
        _store.CollectGarbage();
        AssertEmpty(_state.Layout.ImageLoads);
        Assert.Equal([id], Names(_state.Layout.ImageIds));
        Assert.Equal(["t"], Names(Path.Combine(repository, "_tags")));
    }

    private static void AssertEmpty(string directory) => Assert.Empty(Names(directory));

    private static string[] Names(string directory) =>
        [.. Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private string Load()
    {
        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        return _store.List()[0].Id.Hex;
    }

    private void Change(string name, Func<byte[], byte[]> change)
    {
        string path;
        using (ImageLease lease = _store.Open(ImageLocation.Parse(name)))
        {
            path = _state.Layout.ImageRecord(lease.Record.ImageId);
        }

        File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
    }

    private string[] Tree() =>
        [.. Directory.GetFileSystemEntries(_state.Layout.DataRoot, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private ImageRemoval Remove(string text) => _store.Remove(ImageLocation.Parse(text));
}
