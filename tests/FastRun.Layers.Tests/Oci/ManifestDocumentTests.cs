using System;
using System.Text;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Oci;

/// <summary>Documents that must be read as every other tool reads them, or refused.</summary>
public sealed class ManifestDocumentTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Config =
        $$"""{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest}}","size":2}""";

    private const string Layer =
        $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Digest}}","size":3}""";

    private const string Manifest =
        $$"""{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{Digest}}","size":4}""";

    [Fact]
    public void Parse_OciManifest_ConfigAndLayersInOrder()
    {
        ManifestDocument document = Parse($$$"""{"schemaVersion":2,"config":{{{Config}}},"layers":[{{{Layer}}}],"annotations":{"a":"b"}}""");
        Assert.False(document.IsIndex);
        Assert.Equal(MediaTypes.OciManifest, document.MediaType);
        Assert.Equal(Digest, document.Config!.Digest.ToString());
        Assert.Equal(3, Assert.Single(document.Layers).Size);
    }

    [Fact]
    public void Parse_DockerList_PlatformsNormalised()
    {
        ManifestDocument document = Parse($$$"""
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[
              {"mediaType":"application/vnd.docker.distribution.manifest.v2+json","digest":"{{{Digest}}}","size":4,
               "platform":{"architecture":"arm64","os":"linux","variant":"v8","os.features":["x"]}}]}
            """);
        Assert.True(document.IsIndex);
        Assert.Equal("linux/arm64", Assert.Single(document.Manifests).Platform!.ToString());
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"manifests":null}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[]}""")]
    public void Parse_EmptyIndex_AsGoWritesIt(string json) => Assert.Empty(Parse(json).Manifests);

    [Theory]
    [InlineData("", "invalid JSON at line 1, byte 1")]
    [InlineData("{", "invalid JSON at line 1, byte 2")]
    [InlineData("{} x", "invalid JSON at line 1, byte 4")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "\"schemaVersion\" is not 2")]
    [InlineData("""{"schemaVersion":1}""", "a schema 1 manifest: too old, push the image again with a current tool")]
    [InlineData("""{"schemaVersion":"2"}""", "\"schemaVersion\" is not 2")]
    [InlineData("""{"schemaVersion":2}""", "neither an image manifest nor an image index")]
    [InlineData("""{"schemaVersion":2,"schemaVersion":2}""", "the key \"schemaVersion\" occurs twice in one object")]
    [InlineData("""{"schemaVersion":2,"Manifests":[]}""", "the key \"Manifests\" must be spelt \"manifests\"")]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""", "\"manifests\" is not a list")]
    [InlineData("""{"schemaVersion":2,"manifests":[1]}""", "a descriptor is not an object")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""", "has both \"manifests\" and \"config\" or \"layers\"")]
    [InlineData("""{"schemaVersion":2,"mediaType":7,"manifests":[]}""", "\"mediaType\" is not a string")]
    public void Parse_Malformed_SaysWhat(string json, string problem) => Refused(json, problem);

    [Theory]
    [InlineData("\"config\":" + Config + ",\"manifests\":[]", "has both \"manifests\" and \"config\" or \"layers\"")]
    [InlineData(
        "\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"config\":" + Config + ",\"layers\":[]",
        "the media type application/vnd.oci.image.index.v1+json is not that of an image manifest")]
    [InlineData(
        "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"manifests\":[" + Manifest + "]",
        "the media type application/vnd.oci.image.manifest.v1+json is not that of an image index")]
    [InlineData("\"config\":{\"mediaType\":\"x\",\"size\":1},\"layers\":[]", "a descriptor lacks")]
    [InlineData("\"config\":{\"mediaType\":\"x\",\"size\":1,\"digest\":\"sha256:../x\"},\"layers\":[]", "invalid digest in a descriptor: sha256:../x")]
    [InlineData("\"config\":{\"mediaType\":\"x\",\"size\":-1,\"digest\":\"" + Digest + "\"},\"layers\":[]", "a descriptor lacks")]
    [InlineData("\"config\":{\"mediaType\":\"x\",\"size\":1e30,\"digest\":\"" + Digest + "\"},\"layers\":[]", "a descriptor lacks")]
    public void Parse_Ambiguous_Refused(string rest, string problem) => Refused("{\"schemaVersion\":2," + rest + "}", problem);

    [Fact]
    public void Parse_OtherThanTheDescriptorSaid_Refused()
    {
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => ManifestDocument.Parse(
            Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{{Config}},"layers":[]}"""),
            "it",
            MediaTypes.OciManifest));
        Assert.Equal($"it: says that it is {MediaTypes.DockerManifest}, but {MediaTypes.OciManifest} was expected", e.Message);
    }

    [Fact]
    public void Parse_LargerThan4MiB_Refused() =>
        Refused("{\"schemaVersion\":2,\"x\":\"" + new string('a', 4 << 20) + "\"}", "larger than 4 MiB");

    [Fact]
    public void Parse_Deep_Refused() =>
        Refused("{\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}", "invalid JSON at line 1");

    [Fact]
    public void Parse_DuplicateKeyDeepInside_Refused() =>
        Refused("""{"schemaVersion":2,"manifests":[],"annotations":{"a":"1","\u0061":"2"}}""", "the key \"a\" occurs twice in one object");

    [Fact]
    public void Parse_LoneSurrogate_Refused() =>
        Refused("""{"schemaVersion":2,"\ud800":1,"manifests":[]}""", "invalid JSON: a key is not text");

    private static ManifestDocument Parse(string json) => ManifestDocument.Parse(Encoding.UTF8.GetBytes(json), "it");

    private static void Refused(string json, string problem)
    {
        CorruptContentException e = Assert.Throws<CorruptContentException>(() => Parse(json));
        Assert.StartsWith("it: " + problem, e.Message, StringComparison.Ordinal);
    }
}
