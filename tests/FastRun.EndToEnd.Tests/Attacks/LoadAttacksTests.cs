using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>Archives that lie to <c>fastrun load</c>: each is refused in one line, nothing outside is read, and nothing stays.</summary>
public sealed class LoadAttacksTests(TestImages images) : SandboxTest(images)
{
    private const string Manifest = """[{"Config":"c.json","RepoTags":["lies.test/image:1"],"Layers":["l.tar"]}]""";

    private static readonly byte[] s_layer = new LayerTar().Directory("d").File("d/f", "x").ToArray();

    private static string Config(string diffId) =>
        $$$"""{"architecture":"{{{OciLayout.HostArchitecture}}}","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{diffId}}}"]}}""";

    private static string Config() => Config(OciLayout.DigestOf(s_layer));

    private static Dictionary<string, (Func<byte[]> Archive, string Says)> Lies { get; } = new()
    {
        ["the layer has another digest"] = (() => Docker(config: Config("sha256:" + new string('0', 64))), "the blob has the digest"),
        ["a layer is missing"] = (() => Docker(layer: null), "l.tar is missing"),
        ["the config is missing"] = (() => Docker(manifest: Manifest.Replace("c.json", "no.json", StringComparison.Ordinal)), "no.json is missing"),
        ["the config is outside"] = (() => Docker(manifest: Manifest.Replace("c.json", "../../../../../../etc/passwd", StringComparison.Ordinal)), "is missing"),
        ["the config is absolute"] = (() => Docker(manifest: Manifest.Replace("c.json", "/etc/passwd", StringComparison.Ordinal)), "is missing"),
        ["the config is a link to the host"] = (() => new LayerTar().File("manifest.json", Manifest).SymbolicLink("c.json", "/etc/passwd").File("l.tar", s_layer).ToArray(), "is missing"),
        ["the config is a link that leads out"] = (() => new LayerTar().File("manifest.json", Manifest).SymbolicLink("c.json", "../../../../../../../etc/passwd").File("l.tar", s_layer).ToArray(), "is missing"),
        ["links in a circle"] = (() => new LayerTar().File("manifest.json", Manifest).SymbolicLink("c.json", "b.json").SymbolicLink("b.json", "c.json").ToArray(), "is missing"),
        ["more layers than diff_ids"] = (() => Docker(manifest: Manifest.Replace("\"l.tar\"", "\"l.tar\",\"l.tar\"", StringComparison.Ordinal)), "diff_ids"),
        ["a name that is none"] = (() => Docker(manifest: Manifest.Replace("lies.test/image:1", "../../escape", StringComparison.Ordinal)), "invalid name"),
        ["a deep document"] = (() => Docker(manifest: new string('[', 10_000) + new string(']', 10_000)), "manifest.json"),
        ["a large document"] = (() => Docker(manifest: "[" + new string(' ', 5 << 20) + "]"), "larger than 4 MiB"),
        ["a key twice"] = (() => Docker(manifest: Manifest.Replace("\"Config\":\"c.json\"", "\"Config\":\"c.json\",\"Config\":\"d.json\"", StringComparison.Ordinal)), "manifest.json"),
        ["not JSON"] = (() => Docker(manifest: "no"), "manifest.json"),
        ["an empty list"] = (() => Docker(manifest: "[]"), "holds no image"),
        ["cut short"] = (() => Docker()[..^3000], "truncated"),
        ["not an archive"] = (() => new byte[4096], "not an OCI image layout"),
        ["neither kind"] = (() => new LayerTar().File("x", "y").ToArray(), "index.json is missing"),
        ["a blob that is another's"] = (() => new LayerTar().File("oci-layout", """{"imageLayoutVersion":"1.0.0"}""").File("index.json", $$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{new string('1', 64)}}","size":1}]}""").File("blobs/sha256/" + new string('1', 64), "x").ToArray(), "does not have the digest"),
    };

    public static TheoryData<string> Names => [.. Lies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Load_AnArchiveThatLies_IsRefusedAndNothingStays(string name)
    {
        (Func<byte[]> archive, string says) = Lies[name];
        string path = Path.Combine(Roots.Top, "lies.tar");
        File.WriteAllBytes(path, archive());
        CommandResult result = FastRun("load", "-i", path).Run().FailsWith(1, says);
        Assert.DoesNotContain("root:", result.Stderr, StringComparison.Ordinal);
        Assert.Equal("", result.Stdout);
        Assert.Equal("", FastRun("images", "-aq").Run().Output);
        string staging = Path.Combine(Roots.Data, "staging");
        Assert.True(!Directory.Exists(staging) || Directory.GetFileSystemEntries(staging).Length == 0);
        string layers = Path.Combine(Roots.Data, "layers");
        Assert.True(!Directory.Exists(layers) || Directory.GetDirectories(layers).Length == 1, "a layer is left");
    }

    [Fact]
    public void Load_DuplicateMembers_TheLastOneCounts()
    {
        string path = Path.Combine(Roots.Top, "twice.tar");
        File.WriteAllBytes(path, new LayerTar()
            .File("manifest.json", "not this").File("l.tar", "nor this").File("c.json", "nor this")
            .File("manifest.json", Manifest).File("l.tar", s_layer).File("c.json", Config()).ToArray());
        Assert.Equal("Loaded image: lies.test/image:1", FastRun("load", "-i", path).Run().Output);
        _ = FastRun("system", "check").Run().Exits(0);
    }

    private static byte[] Docker(string manifest = Manifest, string? config = null, string? layer = "") =>
        layer is null
            ? new LayerTar().File("manifest.json", manifest).File("c.json", config ?? Config()).ToArray()
            : new LayerTar().File("manifest.json", manifest).File("c.json", config ?? Config()).File("l.tar", s_layer).ToArray();
}
