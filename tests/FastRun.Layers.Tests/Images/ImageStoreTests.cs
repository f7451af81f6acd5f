using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>Opening: what is loaded, what is found again, and under which names.</summary>
public sealed class ImageStoreTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;
    private readonly ImageStore _store;

    public ImageStoreTests()
    {
        _layout = new TestLayout(_state.File("ci"));
        _store = new ImageStore(_state.Layout);
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Open_OciLayout_UnpackedNamedAndLeased()
    {
        byte[] manifest = _layout.AddManifest(
            [TestLayout.LayerTar("a", "lower"), TestLayout.LayerTar("b", "upper!")],
            """{"Env":["A=1"],"Cmd":["/sh"],"User":"u","WorkingDir":"/w","Volumes":{"/v":{}},"StopSignal":"SIGINT"}""");
        _layout.List(manifest, "latest");
        using ImageLease lease = Open("oci:" + _layout.Path);
        Assert.Equal(2, lease.Record.LayerIds.Count);
        Assert.Equal("upper!", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "b")));
        Assert.Equal("lower", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[1]), "a")));
        Assert.Equal(["A=1"], lease.Record.Env);
        Assert.Equal(["/sh"], lease.Record.Cmd);
        Assert.Equal(["/v"], lease.Record.Volumes);
        Assert.Equal(("u", "/w", "SIGINT"), (lease.Record.User, lease.Record.WorkingDir, lease.Record.StopSignal));
        Assert.Equal((11, 1_714_979_289), (lease.Record.Size, lease.Record.Created));
        using ImageLease byName = Open("localhost/ci:latest");
        using ImageLease byShortName = Open("ci");
        using ImageLease byId = Open(lease.Record.ImageId.Hex[..12]);
        using ImageLease byFullId = Open(lease.Record.ImageId.ToString());
        using ImageLease byDigest = Open("ci@" + TestLayout.Sha256(manifest));
        Assert.All([byName, byShortName, byId, byFullId, byDigest], other => Assert.Equal(lease.Record.ImageId, other.Record.ImageId));
    }

    [Fact]
    public void Open_LoadedBefore_NoBlobIsRead()
    {
        _layout.AddImage("latest", "x");
        Open("oci:" + _layout.Path).Dispose();
        Directory.Delete(Path.Combine(_layout.Path, "blobs"), recursive: true);
        using ImageLease again = Open("oci:" + _layout.Path);
        Assert.Single(again.Record.LayerIds);
    }

    [Fact]
    public void Open_LayoutChanged_TagMovesAndOldImageStaysUntagged()
    {
        _layout.AddImage("t", "old");
        using ImageLease old = Open($"oci:{_layout.Path}:t");
        TestLayout next = new(_state.File("next"));
        next.AddImage("t", "new");
        Directory.Delete(_layout.Path, recursive: true);
        Directory.Move(next.Path, _layout.Path);
        using ImageLease fresh = Open($"oci:{_layout.Path}:t");
        using ImageLease named = Open("ci:t");
        Assert.NotEqual(old.Record.ImageId, fresh.Record.ImageId);
        Assert.Equal(fresh.Record.ImageId, named.Record.ImageId);
        Assert.Equal(
            [(fresh.Record.ImageId, "t"), (old.Record.ImageId, null)],
            _store.List().Select(image => (image.Id, image.Tag)).OrderBy(image => image.Tag is null));
    }

    [Fact]
    public void Open_SameManifestUnderAnotherName_OneRecordTwoNames()
    {
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("a", "x")]);
        _layout.List(manifest, "one");
        _layout.List(manifest, "registry.example/app:two");
        using ImageLease one = Open($"oci:{_layout.Path}:one");
        using ImageLease two = Open($"oci:{_layout.Path}:registry.example/app:two");
        Assert.Equal(one.Record.ImageId, two.Record.ImageId);
        Assert.Single(Directory.GetFiles(_state.Layout.ImageIds));
        ImageDetails details = _store.Inspect(ImageLocation.Parse("ci:one"));
        Assert.Equal(["localhost/ci:one", "registry.example/app:two"], details.RepoTags);
        string digest = TestLayout.Sha256(manifest);
        Assert.Equal([$"localhost/ci@{digest}", $"registry.example/app@{digest}"], details.RepoDigests);
        Assert.Equal(digest, Assert.Single(details.ManifestDigests).ToString());
    }

    [Fact]
    public void Open_DockerHubsName_OutranksTheLocalOne()
    {
        _layout.AddImage("docker.io/library/ci:latest", "hub");
        Open("oci:" + _layout.Path).Dispose();
        TestLayout local = new(_state.File("x/ci"));
        local.AddImage("latest", "local");
        using ImageLease loaded = Open("oci:" + local.Path);
        using ImageLease found = Open("ci");
        using ImageLease named = Open("localhost/ci");
        Assert.NotEqual(loaded.Record.ImageId, found.Record.ImageId);
        Assert.Equal(loaded.Record.ImageId, named.Record.ImageId);
    }

    [Fact]
    public void Open_ImageWithoutLayers_OneEmptyTree()
    {
        _layout.List(_layout.AddManifest([]), "t");
        using ImageLease lease = Open("oci:" + _layout.Path);
        Assert.Empty(Directory.GetFileSystemEntries(_state.Layout.LayerTree(Assert.Single(lease.Record.LayerIds))));
    }

    [Fact]
    public void Open_Platforms_RecordedOneAndOthers()
    {
        byte[] own = _layout.AddManifest([TestLayout.LayerTar("a", "own")]);
        byte[] other = _layout.AddManifest([TestLayout.LayerTar("a", "other")], architecture: "s390x");
        _layout.List(other, "t", TestLayout.PlatformOf("s390x"));
        _layout.List(own, "t");
        using ImageLease mine = Open("oci:" + _layout.Path);
        Assert.Equal(Platform.Host, mine.Record.Platform);
        using ImageLease foreign = _store.Open(ImageLocation.Parse("oci:" + _layout.Path), Platform.Parse("s390x"));
        Assert.Equal("linux/s390x", foreign.Record.Platform.ToString());
        Assert.Null(_store.TryOpen(ImageReference.Parse("ci:t"), Platform.Parse("linux/riscv64")));
        PlatformNotFoundException e = Assert.Throws<PlatformNotFoundException>(
            () => _store.Open(ImageLocation.Parse("ci:t"), Platform.Parse("linux/riscv64")));
        Assert.Equal("ci:t: no image for linux/riscv64: there is linux/s390x", e.Message);
    }

    [Fact]
    public void Open_OnlyForeignPlatformAndNoneAsked_Refused()
    {
        _layout.List(_layout.AddManifest([TestLayout.LayerTar("a", "x")], architecture: "s390x"), "t");
        PlatformNotFoundException e = Assert.Throws<PlatformNotFoundException>(() => Open("oci:" + _layout.Path));
        Assert.Equal($"oci:{_layout.Path}: no image for {Platform.Host}: there is linux/s390x", e.Message);
    }

    [Theory]
    [InlineData("busybox", "busybox: no such image")]
    [InlineData("deadbeef", "deadbeef: no such image")]
    [InlineData("sha256:dead", "sha256:dead: no such image")]
    [InlineData("oci:/nonexistent:x", "oci:/nonexistent:x: no such directory")]
    [InlineData("docker-archive:/nonexistent", "docker-archive:/nonexistent: no such file")]
    public void Open_Unknown_SaysSoAndLeavesNothing(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<ImageNotFoundException>(() => Open(text)).Message);
        Assert.False(Directory.Exists(_state.Layout.DataRoot));
    }

    [Fact]
    public void Open_SeveralImagesAndNoName_MustBeNamed()
    {
        _layout.AddImage("one", "1");
        _layout.AddImage("two", "2");
        Assert.Equal(
            $"oci:{_layout.Path}: there are several images, and one must be named: one, two",
            Assert.Throws<ImageNotFoundException>(() => Open("oci:" + _layout.Path)).Message);
    }

    [Fact]
    public void Open_IdPrefixOfTwoImages_Refused()
    {
        // Ids are digests: make images until two begin with the same digit.
        for (int i = 0; i < 17; i++)
        {
            _layout.AddImage("t" + i, "content " + i);
        }

        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        string digit = Directory.GetFiles(_state.Layout.ImageIds).Select(file => Path.GetFileName(file)[..1])
            .GroupBy(first => first).First(group => group.Count() > 1).Key;
        Assert.Equal(
            $"sha256:{digit}: more than one image id starts with these digits",
            Assert.Throws<ImageNotFoundException>(() => Open("sha256:" + digit)).Message);
    }

    [Theory]
    [InlineData("""{"Env":["A=\u0000"]}""", "\"Env\" holds a NUL character")]
    [InlineData("""{"Cmd":[null]}""", "\"Cmd\" holds null")]
    [InlineData("""{"User":"a\u0000b"}""", "\"User\" holds a NUL character")]
    public void Open_ConfigThatCannotRun_Refused(string run, string problem)
    {
        _layout.AddImage("t", "x", run);
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => Open("oci:" + _layout.Path));
        Assert.EndsWith(problem, e.Message, StringComparison.Ordinal);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Open_GiantEnvironment_Refused()
    {
        _layout.AddImage("t", "x", "{\"Env\":[\"A=" + new string('a', 1 << 20) + "\"]}");
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => Open("oci:" + _layout.Path));
        Assert.EndsWith(": environment, command and volumes together exceed 1 MiB", e.Message, StringComparison.Ordinal);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Open_MoreLayersThanOverlayfsTakes_Refused()
    {
        byte[] tar = TestLayout.LayerTar("a", "x");
        _layout.List(_layout.AddManifest([.. Enumerable.Repeat(tar, 501)]), "t");
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => Open("oci:" + _layout.Path));
        Assert.EndsWith(": the image has 501 layers: overlayfs takes 500", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WrongLayer_NothingStays()
    {
        byte[] tar = TestLayout.LayerTar("a", "x");
        byte[] manifest = _layout.AddManifest([tar]);
        _layout.List(manifest, "t");
        string blob = _layout.BlobPath(TestLayout.Sha256(TestLayout.Gzip(tar)));
        byte[] content = File.ReadAllBytes(blob);
        content[^9] ^= 1;
        File.WriteAllBytes(blob, content);
        Assert.Throws<LayerException>(() => Open("oci:" + _layout.Path));
        Assert.Empty(_store.List());
        Assert.Empty(Directory.GetFileSystemEntries(_state.Layout.Staging));
        Assert.Empty(Directory.GetFileSystemEntries(_state.Layout.ImageLoads));
    }

    [Fact]
    public void Open_DamagedRecord_ToldAndLoadedAgain()
    {
        _layout.AddImage("t", "x");
        string record = OpenAndRelease();
        // Marked durable, or a power cut would explain it.
        File.WriteAllBytes(record, [.. "unreadable"u8, 1]);
        Assert.Equal(
            "ci:t: the image's record is damaged; remove the image and load it again",
            Assert.Throws<ImageNotFoundException>(() => Open("ci:t")).Message);
        using ImageLease again = Open("oci:" + _layout.Path);
        Open("ci:t").Dispose();
    }

    [Fact]
    public void Open_AfterAPowerCut_OnlyWhatReachedTheDisk()
    {
        _layout.AddImage("t", "x");
        string record = OpenAndRelease();
        LaunchRecord read = LaunchRecordFormat.Decode(File.ReadAllBytes(record), out _, out bool durable)!;
        Assert.False(durable);
        Guid otherBoot = Guid.NewGuid();
        File.WriteAllBytes(record, LaunchRecordFormat.Encode(read, otherBoot, durable: false));
        Assert.Equal(
            "ci:t: the image had not reached the disk when the machine lost power; load it again",
            Assert.Throws<ImageNotFoundException>(() => Open("ci:t")).Message);
        Assert.Empty(_store.List());
        File.WriteAllBytes(record, LaunchRecordFormat.Encode(read, otherBoot, durable: true));
        Open("ci:t").Dispose();
    }

    [Fact]
    public void MakeDurable_Once_StaysSo()
    {
        _layout.AddImage("t", "x");
        using (ImageLease lease = Open("oci:" + _layout.Path))
        {
            Assert.False(lease.IsDurable);
            lease.MakeDurable();
            Assert.True(lease.IsDurable);
            lease.MakeDurable();
        }

        using ImageLease again = Open("ci:t");
        Assert.True(again.IsDurable);
    }

    [Fact]
    public void LoadAll_EveryImage_DurableAndNamed()
    {
        _layout.AddImage("one", "1");
        _layout.AddImage("two", "2");
        Assert.Equal(["localhost/ci:one", "localhost/ci:two"], _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path)));
        using ImageLease lease = Open("ci:two");
        Assert.True(lease.IsDurable);
    }

    [Fact]
    public void Open_SharedLayer_UnpackedOnce()
    {
        byte[] shared = TestLayout.LayerTar("shared", "s");
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("a", "1")]), "one");
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("a", "2")]), "two");
        using ImageLease one = Open($"oci:{_layout.Path}:one");
        using ImageLease two = Open($"oci:{_layout.Path}:two");
        Assert.Equal(one.Record.LayerIds[1], two.Record.LayerIds[1]);
    }

    private ImageLease Open(string text) => _store.Open(ImageLocation.Parse(text));

    private string OpenAndRelease()
    {
        using ImageLease lease = Open("oci:" + _layout.Path);
        return _state.Layout.ImageRecord(lease.Record.ImageId);
    }
}
