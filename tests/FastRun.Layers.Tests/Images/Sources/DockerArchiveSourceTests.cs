using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images.Sources;

/// <summary>Archives of <c>docker save</c> in both of its forms, and archives that only look like them.</summary>
public sealed class DockerArchiveSourceTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly List<TarEntry> _entries = [];

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Read_OldForm_RepeatedLayerIsALink()
    {
        byte[] one = TestLayout.LayerTar("a", "1");
        byte[] config = Config(one, one);
        string id = TestLayout.Sha256(config)[7..];
        Add("aaa/layer.tar", one);
        Add("aaa/VERSION", "1.0"u8.ToArray());
        _entries.Add(new UstarTarEntry(TarEntryType.SymbolicLink, "bbb/layer.tar") { LinkName = "../aaa/layer.tar" });
        Add($"{id}.json", config);
        AddManifest($$"""[{"Config":"{{id}}.json","RepoTags":["app:1","registry.example/app:2"],"Layers":["aaa/layer.tar","bbb/layer.tar"]}]""");
        using ImageSource source = Open();
        SourceImage image = Assert.Single(source.Select(null, Platform.Host));
        Assert.Equal(["docker.io/library/app:1", "registry.example/app:2"], image.Names.Select(name => name.ToString()));
        Assert.Equal("sha256:" + id, image.ImageId.ToString());
        Assert.Null(image.ManifestDigest);
        Assert.All(image.Read().Layers, layer =>
        {
            Assert.Equal(TestLayout.Sha256(one), layer.DiffId.ToString());
            Assert.Equal(layer.DiffId, layer.Digest);
            using Stream stream = layer.Open();
            Assert.Equal(one.Length, stream.Length);
        });
        Assert.Equal(["registry.example/app:2"], source.Select("registry.example/app:2", Platform.Host)[0].Names.Select(name => name.ToString()));
    }

    [Fact]
    public void Read_NewForm_CompressedLayerHasItsOwnDigest()
    {
        byte[] tar = TestLayout.LayerTar("a", "1");
        byte[] blob = TestLayout.Gzip(tar);
        byte[] config = Config(tar);
        Add("blobs/sha256/" + TestLayout.Sha256(blob)[7..], blob);
        Add("blobs/sha256/" + TestLayout.Sha256(config)[7..], config);
        AddManifest(
            $$"""[{"Config":"blobs/sha256/{{TestLayout.Sha256(config)[7..]}}","RepoTags":null,"Layers":["blobs/sha256/{{TestLayout.Sha256(blob)[7..]}}"],"LayerSources":null}]""");
        using ImageSource source = Open();
        SourceImage image = Assert.Single(source.Select(null, Platform.Host));
        Assert.Empty(image.Names);
        LayerSource layer = Assert.Single(image.Read().Layers);
        Assert.Equal(TestLayout.Sha256(blob), layer.Digest.ToString());
        Assert.Equal(TestLayout.Sha256(tar), layer.DiffId.ToString());
        Assert.Equal(MediaTypes.OciLayerGzip, layer.MediaType);
    }

    [Fact]
    public void Open_Archive_LoadedUnderAllItsNamesAndFoundAgain()
    {
        byte[] tar = TestLayout.LayerTar("a", "1");
        byte[] config = Config(tar);
        Add("x.tar", tar);
        Add("c.json", config);
        AddManifest("""[{"Config":"c.json","RepoTags":["app:1","app:2"],"Layers":["x.tar"]}]""");
        WriteArchive();
        ImageStore store = new(_state.Layout);
        ImageLocation location = ImageLocation.Parse("docker-archive:" + _state.File("a.tar"));
        using ImageLease lease = store.Open(location);
        using ImageLease again = store.Open(location);
        using ImageLease named = store.Open(ImageLocation.Parse("app:2"));
        Assert.Equal(TestLayout.Sha256(config), lease.Record.ImageId.ToString());
        Assert.Equal(lease.Record.ImageId, named.Record.ImageId);
        ImageDetails details = store.Inspect(ImageLocation.Parse("app:1"));
        Assert.Equal(["app:1", "app:2"], details.RepoTags);
        Assert.Empty(details.RepoDigests);
        Assert.Equal(config, details.ConfigBytes);
    }

    [Fact]
    public void Open_ArchiveWithoutNames_ByIdOnly()
    {
        byte[] tar = TestLayout.LayerTar("a", "1");
        Add("x.tar", tar);
        Add("c.json", Config(tar));
        AddManifest("""[{"Config":"c.json","RepoTags":[],"Layers":["x.tar"]}]""");
        WriteArchive();
        ImageStore store = new(_state.Layout);
        string id = Assert.Single(store.LoadAll(ImageLocation.Parse("docker-archive:" + _state.File("a.tar"))));
        store.Open(ImageLocation.Parse(id)).Dispose();
        Assert.Null(Assert.Single(store.List()).Repository);
        Assert.Equal([id], store.Remove(ImageLocation.Parse(id)).Deleted);
    }

    [Theory]
    [InlineData("""[{"Config":"../../etc/passwd","Layers":[]}]""", "../../etc/passwd is missing")]
    [InlineData("""[{"Config":"/etc/passwd","Layers":[]}]""", "/etc/passwd is missing")]
    [InlineData("""[{"Layers":[]}]""", "manifest.json: an image has no \"Config\"")]
    [InlineData("""[null]""", "manifest.json: an image has no \"Config\"")]
    [InlineData("""[{"Config":"c.json","Layers":[]}]""", "manifest.json: lists 0 layers, but the config has 1 diff_ids")]
    [InlineData("""[{"Config":"c.json","Layers":["nope"]}]""", "nope is missing")]
    [InlineData("""[{"Config":"c.json","Layers":[null]}]""", " is missing")]
    [InlineData("""[{"Config":"c.json","Layers":["out"]}]""", "out is missing")]
    [InlineData("""[{"Config":"c.json","RepoTags":["Bad Name"],"Layers":["x.tar"]}]""", "manifest.json: invalid name Bad Name")]
    [InlineData("""[{"Config":1}]""", "manifest.json: $[0].Config has the wrong type")]
    [InlineData("""{"Config":"c.json"}""", "manifest.json: not a JSON array")]
    [InlineData("""[{"Config":"c.json","Config":"d.json"}]""", "manifest.json: the key \"Config\" occurs twice in one object")]
    public void Read_Hostile_Refused(string manifest, string problem)
    {
        byte[] tar = TestLayout.LayerTar("a", "1");
        Add("x.tar", tar);
        Add("c.json", Config(tar));
        _entries.Add(new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "/etc/passwd" });
        AddManifest(manifest);
        using ImageSource source = Open();
        CorruptContentException e = Assert.Throws<CorruptContentException>(
            () => source.Select(null, Platform.Host)[0].Read());
        Assert.EndsWith(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "the archive holds no image")]
    [InlineData(null, "not a docker archive: manifest.json is missing")]
    public void Select_Nothing_SaysSo(string? manifest, string problem)
    {
        Add("other", []);
        if (manifest is not null)
        {
            AddManifest(manifest);
        }

        using ImageSource source = Open();
        Assert.EndsWith(
            problem,
            Assert.Throws<ImageNotFoundException>(() => source.Select(null, Platform.Host)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Select_UnknownName_TellsTheNames()
    {
        Add("c.json", Config());
        AddManifest("""[{"Config":"c.json","RepoTags":["app:1"],"Layers":[]}]""");
        using ImageSource source = Open();
        Assert.EndsWith(
            "no image of this name in the archive: there is docker.io/library/app:1",
            Assert.Throws<ImageNotFoundException>(() => source.Select("app:2", Platform.Host)).Message,
            StringComparison.Ordinal);
    }

    private static byte[] Config(params byte[][] tars) =>
        Encoding.UTF8.GetBytes(TestLayout.ConfigJson(tars.Select(TestLayout.Sha256)));

    private void Add(string name, byte[] content) =>
        _entries.Add(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });

    private void AddManifest(string json) => Add("manifest.json", Encoding.UTF8.GetBytes(json));

    private void WriteArchive()
    {
        using FileStream file = File.Create(_state.File("a.tar"));
        using TarWriter tar = new(file);
        _entries.ForEach(tar.WriteEntry);
    }

    private ImageSource Open()
    {
        WriteArchive();
        return ImageSource.Open(ImageLocation.Parse("docker-archive:" + _state.File("a.tar")));
    }
}
