using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Lists of manifests for several platforms, made here and read by skopeo.</summary>
public sealed class ManifestTests : SandboxTest
{
    private readonly DockerRegistry _registry = new();
    private readonly OciLayout _layout;

    public ManifestTests(TestImages images)
        : base(images)
    {
        _layout = new OciLayout(Roots.NewDirectory("layout"));
        byte[] busybox = BusyboxRoot.Tar().ToArray();
        _layout.AddImage("host", [busybox]);
        _layout.AddImage("s390x", [busybox, new LayerTar().File("platform", "s390x").ToArray()], architecture: "s390x");
    }

    [Theory]
    [InlineData("oci", "application/vnd.oci.image.index.v1+json")]
    [InlineData("v2s2", "application/vnd.docker.distribution.manifest.list.v2+json")]
    public void Push_TwoPlatforms_SkopeoAndFastRunReadEach(string format, string mediaType)
    {
        string host = Upload("host", "parts/host:1", format);
        string other = Upload("s390x", "parts/s390x:1", format);
        string list = _registry.Authority + "/multi:latest";
        Assert.Equal("Created manifest list " + list, FastRun("manifest", "create", list, host, other).Run().Output);
        FastRun("manifest", "annotate", "--arch", "arm", "--variant", "v7", "--os-features", "a,b", "--os-version", "1", list, other).Run().Exits(0);

        JsonNode local = JsonNode.Parse(FastRun("manifest", "inspect", list).Run().Output)!;
        Assert.Equal(mediaType, (string?)local["mediaType"]);
        Assert.Equal(
            """{"architecture":"arm","os":"linux","os.version":"1","os.features":["a","b"],"variant":"v7"}""",
            local["manifests"]![1]!["platform"]!.ToJsonString());
        FastRun("manifest", "annotate", "--arch", "s390x", "--variant", "v1", list, other).Run().Exits(0);

        string digest = FastRun("manifest", "push", list).Run().Output;

        string raw = Raw(list);
        Assert.Equal(digest, FaultyRegistry.DigestOf(Encoding.UTF8.GetBytes(raw)));
        Assert.Equal(mediaType, (string?)JsonNode.Parse(raw)!["mediaType"]);
        _ = new Command("skopeo", "--insecure-policy", "copy", "-q", "--all", "--src-tls-verify=false", "docker://" + list, $"dir:{Path.Combine(Roots.Top, "all")}").Run().Exits(0);
        Assert.Equal("hello", FastRun("exec", "-q", "--no-workspace", list, "--", "echo", "hello").Run().Output);

        // The second one has nothing to bring, and forgets the list.
        Assert.Equal(digest, FastRun("manifest", "push", "--purge", list).Run().Output);
        FastRun("manifest", "rm", list).Run().FailsWith(1, "no such manifest list");
        Assert.Equal(2, JsonNode.Parse(FastRun("manifest", "inspect", "-v", list).Run().Output)!.AsArray().Count);
    }

    [Fact]
    public void Inspect_RemoteImage_ItsManifest()
    {
        string host = Upload("host", "app:1", "oci");
        Assert.Equal(
            JsonNode.Parse(Raw(host))!.ToJsonString(), JsonNode.Parse(FastRun("manifest", "inspect", host).Run().Output)!.ToJsonString());
        JsonNode verbose = JsonNode.Parse(FastRun("manifest", "inspect", "--verbose", host).Run().Output)!;
        Assert.Equal(host, (string?)verbose["Ref"]);
        Assert.Equal(FaultyRegistry.DigestOf(Encoding.UTF8.GetBytes(Raw(host))), (string?)verbose["Descriptor"]!["digest"]);
        Assert.Equal("linux", (string?)verbose["Descriptor"]!["platform"]!["os"]);
        Assert.Equal(Raw(host), Encoding.UTF8.GetString(Convert.FromBase64String((string)verbose["Raw"]!)));
        FastRun("manifest", "inspect", _registry.Authority + "/nothing:1").Run().FailsWith(1, "not found");
    }

    [Fact]
    public void Create_Amended_RefusedAndRemovedInDockersWords()
    {
        string host = Upload("host", "app:1", "oci");
        string other = Upload("s390x", "app:2", "oci");
        string list = _registry.Authority + "/app:all";
        FastRun("manifest", "create", list, host).Run().Exits(0);
        FastRun("manifest", "create", list, other).Run().FailsWith(1, "refusing to amend an existing manifest list with no --amend flag");
        FastRun("manifest", "create", "--amend", list, other).Run().Exits(0);
        Assert.Equal(2, JsonNode.Parse(FastRun("manifest", "inspect", list).Run().Output)!["manifests"]!.AsArray().Count);
        Assert.Equal(Raw(other).Length, Encoding.UTF8.GetByteCount(JsonNode.Parse(FastRun("manifest", "inspect", list, other).Run().Output)!.ToJsonString()));
        FastRun("manifest", "annotate", list, _registry.Authority + "/app:3").Run().FailsWith(1, "manifest for image does not exist in");
        FastRun("manifest", "annotate", "--arch", "a b", list, other).Run().FailsWith(1, "not a part of a platform");
        FastRun("manifest", "push", list).Run().Exits(0);
        FastRun("manifest", "create", _registry.Authority + "/app:nested", list).Run().FailsWith(1, "is a manifest list");
        FastRun("manifest", "rm", list).Run().Exits(0);
        FastRun("manifest", "push", list).Run().FailsWith(1, "no such manifest list on this machine");
        using DockerRegistry another = new();
        FastRun("manifest", "create", another.Authority + "/x:1", host).Run().Exits(0);
        FastRun("manifest", "push", another.Authority + "/x:1").Run().FailsWith(1, "cannot use source images from a different registry");
    }

    [Fact]
    public void Inspect_RecordDamaged_SaysSo()
    {
        string host = Upload("host", "app:1", "oci");
        string list = _registry.Authority + "/app:all";
        FastRun("manifest", "create", list, host).Run().Exits(0);
        string file = Directory.GetFiles(Path.Combine(Roots.Data, "manifest-lists"), "*.json").Single();
        string sound = File.ReadAllText(file);
        foreach (string damaged in (string[])[sound[..^9], "", "[]", sound.Replace("\"schemaVersion\":1", "\"schemaVersion\":9", StringComparison.Ordinal), sound.Replace("\"manifest\":\"", "\"manifest\":\"AAAA", StringComparison.Ordinal)])
        {
            File.WriteAllText(file, damaged);
            CommandResult result = FastRun("manifest", "inspect", list).Run();
            Assert.Equal(1, result.ExitCode);
            Assert.Single(result.Stderr.TrimEnd().Split('\n'));
        }

        FastRun("manifest", "rm", list).Run().Exits(0);
    }

    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    private string Upload(string image, string name, string format)
    {
        string target = $"{_registry.Authority}/{name}";
        _ = new Command(
            "skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "--format", format, $"{_layout.Reference}:{image}", "docker://" + target).Run().Exits(0);
        return target;
    }

    private static string Raw(string name) =>
        new Command("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name).Run().Exits(0).Stdout;
}
