using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images.Sources;

public sealed class OciSourceTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;

    public OciSourceTests() => _layout = new TestLayout(_state.File("My..Images"));

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public void Read_WholeImage_DocumentsAndLayers(string transport)
    {
        byte[] tar = TestLayout.LayerTar("a", "content");
        byte[] manifest = _layout.AddManifest([tar], """{"Env":["A=1"]}""");
        _layout.List(manifest, "v1");
        using ImageSource source = Open(transport);
        SourceImage image = Assert.Single(source.Select("v1", Platform.Host));
        ImageContents contents = image.Read();
        Assert.Equal(TestLayout.Sha256(manifest), image.ManifestDigest.ToString());
        Assert.Equal(manifest, contents.Manifest!.Value.ToArray());
        Assert.Equal(["A=1"], contents.Config.Config!.Env);
        LayerSource layer = Assert.Single(contents.Layers);
        Assert.Equal(TestLayout.Sha256(tar), layer.DiffId.ToString());
        using Stream one = layer.Open();
        using Stream other = layer.Open();
        Assert.Equal(TestLayout.Gzip(tar), ReadAll(one));
        Assert.Equal(layer.Size, ReadAll(other).Length);
    }

    [Theory]
    [InlineData("v1", "localhost/my.images:v1")]
    [InlineData(null, "localhost/my.images:latest")]
    [InlineData("docker.io/library/app:2", "docker.io/library/app:2")]
    [InlineData("localhost:5000/app:2", "localhost:5000/app:2")]
    [InlineData("app:2", "localhost/app:2")]
    public void Select_RefName_NamesInTheStore(string? refName, string expected)
    {
        _layout.AddImage(refName, "x");
        using ImageSource source = Open("oci");
        Assert.Equal(expected, Assert.Single(Assert.Single(source.Select(refName, Platform.Host)).Names).ToString());
    }

    [Fact]
    public void Select_RefNameThatIsNoReference_OnlyByDigest()
    {
        string digest = _layout.AddImage("what ever", "x");
        using ImageSource source = Open("oci");
        ImageReference name = Assert.Single(Assert.Single(source.Select("what ever", Platform.Host)).Names);
        Assert.Equal($"localhost/my.images@{digest}", name.ToString());
    }

    [Fact]
    public void Select_UnknownName_TellsTheNames()
    {
        _layout.AddImage("one", "1");
        _layout.AddImage("two", "2");
        using ImageSource source = Open("oci");
        Assert.Equal(
            $"oci:{_layout.Path}: no image of this name in the layout: there is one, two",
            Assert.Throws<ImageNotFoundException>(() => source.Select("three", Platform.Host)).Message);
        Assert.Equal(2, source.Select(null, Platform.Host).Count);
    }

    [Fact]
    public void Select_FlatPlatforms_BestMatchWhateverTheOrder()
    {
        byte[] v6 = _layout.AddManifest([TestLayout.LayerTar("a", "6")], architecture: "arm");
        byte[] v7 = _layout.AddManifest([TestLayout.LayerTar("a", "7")], architecture: "arm");
        _layout.List(v6, "t", TestLayout.PlatformOf("arm", "v6"));
        _layout.List(v7, "t", TestLayout.PlatformOf("arm", "v7"));
        Assert.Equal(TestLayout.Sha256(v7), Choose("linux/arm/v7"));
        Assert.Equal(TestLayout.Sha256(v6), Choose("linux/arm/v6"));
        PlatformNotFoundException e = Assert.Throws<PlatformNotFoundException>(() => Choose("linux/arm64"));
        Assert.Equal(
            $"oci:{_layout.Path}: no image for linux/arm64: there is linux/arm/v6, linux/arm/v7", e.Message);
    }

    [Fact]
    public void Select_NestedIndex_AttestationsSkipped()
    {
        byte[] own = _layout.AddManifest([TestLayout.LayerTar("a", "own")]);
        byte[] other = _layout.AddManifest([TestLayout.LayerTar("a", "other")], architecture: "s390x");
        byte[] index = _layout.AddBlob(Encoding.UTF8.GetBytes(
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":["""
            + TestLayout.Descriptor(MediaTypes.OciManifest, other, TestLayout.PlatformOf("s390x")) + ","
            + TestLayout.Descriptor(
                MediaTypes.OciManifest,
                other,
                ""","platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}""")
            + "," + TestLayout.Descriptor(MediaTypes.OciManifest, own, TestLayout.PlatformOf(TestLayout.HostArchitecture)) + "]}"));
        _layout.List(index, "t", mediaType: MediaTypes.OciIndex);
        Assert.Equal(TestLayout.Sha256(own), Choose(Platform.Host.ToString()));
        Assert.Equal(TestLayout.Sha256(other), Choose("linux/s390x"));
    }

    [Fact]
    public void Select_IndexNestedTooDeeply_Refused()
    {
        byte[] index = _layout.AddManifest([]);
        string mediaType = MediaTypes.OciManifest;
        for (int i = 0; i < 6; i++)
        {
            index = _layout.AddBlob(Encoding.UTF8.GetBytes(
                """{"schemaVersion":2,"manifests":[""" + TestLayout.Descriptor(mediaType, index) + "]}"));
            mediaType = MediaTypes.OciIndex;
        }

        _layout.List(index, "t", mediaType: mediaType);
        Refused("indexes are nested too deeply");
    }

    [Fact]
    public void Select_NoLayout_SaysSo()
    {
        Assert.Equal(
            "oci:/nonexistent: no such directory",
            Assert.Throws<ImageNotFoundException>(() => ImageSource.Open(ImageLocation.Parse("oci:/nonexistent"))).Message);
        File.Delete(Path.Combine(_layout.Path, "index.json"));
        using ImageSource source = Open("oci");
        Assert.Equal(
            $"oci:{_layout.Path}: not an OCI image layout: index.json is missing",
            Assert.Throws<ImageNotFoundException>(() => source.Select(null, Platform.Host)).Message);
    }

    [Fact]
    public void Select_FifoAsIndex_RefusedWithoutWaiting()
    {
        string index = Path.Combine(_layout.Path, "index.json");
        File.Delete(index);
        Native.Filesystem.FileAt.MakeNode(null, index, Native.Filesystem.FileType.Fifo, 0x180, default);
        Refused("index.json is not a regular file");
    }

    [Fact]
    public void Read_LayersAndDiffIdsDiffer_Refused()
    {
        byte[] config = _layout.AddBlob(Encoding.UTF8.GetBytes(TestLayout.ConfigJson([])));
        byte[] layer = _layout.AddBlob(TestLayout.Gzip(TestLayout.LayerTar("a", "b")));
        ListManifest(
            TestLayout.Descriptor(MediaTypes.OciConfig, config), TestLayout.Descriptor(MediaTypes.OciLayerGzip, layer));
        Refused("lists 1 layers, but the config has 0 diff_ids");
    }

    [Fact]
    public void Read_Artifact_Refused()
    {
        byte[] config = _layout.AddBlob("{}"u8.ToArray());
        ListManifest(TestLayout.Descriptor("application/vnd.oci.empty.v1+json", config), "");
        Refused("not an image: its config is application/vnd.oci.empty.v1+json");
    }

    [Fact]
    public void Read_LayerOfUnknownType_Refused()
    {
        byte[] layer = _layout.AddBlob([1, 2, 3]);
        byte[] config = _layout.AddBlob(Encoding.UTF8.GetBytes(TestLayout.ConfigJson([TestLayout.Sha256(layer)])));
        ListManifest(TestLayout.Descriptor(MediaTypes.OciConfig, config), TestLayout.Descriptor("text/plain", layer));
        Refused("a layer has the media type text/plain");
    }

    [Fact]
    public void Read_DamagedDocument_Refused()
    {
        string digest = _layout.AddImage("t", "x");
        byte[] content = File.ReadAllBytes(_layout.BlobPath(digest));
        content[^2] ^= 1;
        File.WriteAllBytes(_layout.BlobPath(digest), content);
        Refused($"the content does not have the digest {digest}");
    }

    [Fact]
    public void Read_LongerOrMissingBlob_Refused()
    {
        string digest = _layout.AddImage("t", "x");
        File.AppendAllText(_layout.BlobPath(digest), " ");
        Refused("but its descriptor says");
        File.Delete(_layout.BlobPath(digest));
        Refused($"blobs/sha256/{digest[7..]} is missing");
    }

    [Fact]
    public void Read_OtherLayoutVersion_Refused()
    {
        _layout.AddImage("t", "x");
        File.WriteAllText(Path.Combine(_layout.Path, "oci-layout"), """{"imageLayoutVersion":"2.0.0"}""");
        Refused("the layout's version is 2.0.0, not 1.0.0");
    }

    private static byte[] ReadAll(Stream stream)
    {
        using MemoryStream memory = new();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private void ListManifest(string config, string layers) => _layout.List(
        _layout.AddBlob(Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{{config}},"layers":[{{layers}}]}""")), "t");

    private ImageSource Open(string transport) => ImageSource.Open(ImageLocation.Parse(
        transport == "oci" ? "oci:" + _layout.Path : "oci-archive:" + _layout.ToArchive(_state.File("archive.tar"))));

    private string Choose(string platform)
    {
        using ImageSource source = Open("oci");
        return Assert.Single(source.Select("t", Platform.Parse(platform))).ManifestDigest.ToString()!;
    }

    private void Refused(string problem)
    {
        foreach (string transport in (IEnumerable<string>)["oci", "oci-archive"])
        {
            if (transport == "oci-archive" && problem.Contains("regular file", StringComparison.Ordinal))
            {
                continue;
            }

            File.Delete(_state.File("archive.tar"));
            using ImageSource source = Open(transport);
            CorruptContentException e = Assert.Throws<CorruptContentException>(
                () => source.Select("t", Platform.Host)[0].Read());
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }
}
