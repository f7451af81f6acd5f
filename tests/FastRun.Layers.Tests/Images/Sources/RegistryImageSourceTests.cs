using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.Tests.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Images.Sources;

public sealed class RegistryImageSourceTests : IDisposable
{
    private readonly FaultyRegistry _registry = new();
    private readonly byte[] _layer = Encoding.UTF8.GetBytes("a layer");

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Select_OfAManifest_GivesItsContents()
    {
        string manifest = AddImage("amd64", "1");

        using RegistryImageSource source = Open("app:1");
        SourceImage image = Assert.Single(source.Select(null, new Platform("linux", "amd64")));

        Assert.Equal(manifest, image.ManifestDigest.ToString());
        Assert.Null(image.IndexDigest);
        ImageContents contents = image.Read();
        Assert.Equal("amd64", contents.Config.Architecture);
        Assert.Equal(_layer, ReadAll(Assert.Single(contents.Layers).Open()));
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void Select_OfAnIndex_TakesThePlatformsAndKeepsTheIndexDigest(string architecture)
    {
        string amd64 = AddImage("amd64");
        string arm64 = AddImage("arm64");
        string index = AddIndex(("amd64", amd64), ("arm64", arm64));

        using RegistryImageSource source = Open("app:1");
        SourceImage image = Assert.Single(source.Select(null, new Platform("linux", architecture)));

        Assert.Equal(architecture == "amd64" ? amd64 : arm64, image.ManifestDigest.ToString());
        Assert.Equal(index, image.IndexDigest.ToString());
        Assert.Equal(architecture, image.Read().Config.Architecture);
    }

    [Fact]
    public void Select_WithoutThePlatform_SaysWhatThereIs()
    {
        AddIndex(("amd64", AddImage("amd64")));
        using RegistryImageSource source = Open("app:1");

        PlatformNotFoundException e = Assert.Throws<PlatformNotFoundException>(
            () => source.Select(null, new Platform("linux", "arm64")));

        Assert.EndsWith("app:1: no image for linux/arm64: there is linux/amd64", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_WhereTheResponseClaimsAnotherTypeThanTheDocument_IsRefused()
    {
        string manifest = AddImage("amd64");
        byte[] index = Index(("amd64", manifest));
        _registry.AddManifest(index, MediaTypes.OciManifest, "1");
        using RegistryImageSource source = Open("app:1");

        CorruptContentException e = Assert.Throws<CorruptContentException>(
            () => source.Select(null, new Platform("linux", "amd64")));

        Assert.Contains("was expected", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_OfADocumentThatIsManifestAndIndex_IsRefused()
    {
        string manifest = AddImage("amd64");
        string both = Encoding.UTF8.GetString(Index(("amd64", manifest)))[..^1] + ",\"layers\":[]}";
        _registry.AddManifest(Encoding.UTF8.GetBytes(both), MediaTypes.OciIndex, "1");
        using RegistryImageSource source = Open("app:1");

        CorruptContentException e = Assert.Throws<CorruptContentException>(
            () => source.Select(null, new Platform("linux", "amd64")));

        Assert.Contains("both \"manifests\" and", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAManifestWithAnotherSizeThanTheIndexSays_IsRefused()
    {
        string manifest = AddImage("amd64");
        byte[] index = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Index(("amd64", manifest))).Replace("\"size\":", "\"size\":1", StringComparison.Ordinal));
        _registry.AddManifest(index, MediaTypes.OciIndex, "1");
        using RegistryImageSource source = Open("app:1");
        SourceImage image = Assert.Single(source.Select(null, new Platform("linux", "amd64")));

        CorruptContentException e = Assert.Throws<CorruptContentException>(() => image.Read());

        Assert.Contains("but its descriptor says 1", e.Message, StringComparison.Ordinal);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using MemoryStream all = new();
            stream.CopyTo(all);
            return all.ToArray();
        }
    }

    private RegistryImageSource Open(string name) => new(_registry.Client(), _registry.Name(name));

    private string AddImage(string architecture, string? tag = null)
    {
        string config = _registry.AddBlob(Config(architecture));
        string layer = _registry.AddBlob(_layer);
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{{Entry(MediaTypes.OciConfig, config, Config(architecture).Length)}},"layers":[{{Entry(MediaTypes.OciLayer, layer, _layer.Length)}}]}""");
        _sizes[FaultyRegistry.DigestOf(manifest)] = manifest.Length;
        return _registry.AddManifest(manifest, MediaTypes.OciManifest, tag);
    }

    private readonly Dictionary<string, int> _sizes = [];

    private string AddIndex(params (string Architecture, string Digest)[] manifests) =>
        _registry.AddManifest(Index(manifests), MediaTypes.OciIndex, "1");

    private byte[] Index(params (string Architecture, string Digest)[] manifests)
    {
        List<string> entries = [];
        foreach ((string architecture, string digest) in manifests)
        {
            entries.Add(Entry(MediaTypes.OciManifest, digest, _sizes[digest])[..^1]
                + $$$""","platform":{"os":"linux","architecture":"{{{architecture}}}"}}""");
        }

        return Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{string.Join(',', entries)}}]}""");
    }

    private byte[] Config(string architecture) => Encoding.UTF8.GetBytes(
        $$$"""{"os":"linux","architecture":"{{{architecture}}}","rootfs":{"type":"layers","diff_ids":["{{{FaultyRegistry.DigestOf(_layer)}}}"]}}""");

    private static string Entry(string type, string digest, int size) =>
        $$"""{"mediaType":"{{type}}","digest":"{{digest}}","size":{{size}}}""";
}
