using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Pushing to the distribution project's registry, from which skopeo reads.</summary>
public sealed class PushTests(TestImages images) : SandboxTest(images)
{
    private readonly DockerRegistry _registry = new();
    private Dictionary<string, string?> _environment = [];

    [Fact]
    public void Push_ToAnotherRegistry_TheSameManifestAndBlobs()
    {
        using DockerRegistry other = new();
        string source = PullFrom(_registry, Images.Layered, "team/base:latest");
        string target = other.Authority + "/copy/app:v1";
        FastRun("tag", source, target).Run().Exits(0);

        string[] lines = FastRun("push", target).Run().Lines;

        string digest = RemoteDigest(source);
        Assert.Equal($"The push refers to repository [{other.Authority}/copy/app]", lines[0]);
        Assert.Equal(5, lines.Count(static line => line.EndsWith(": Pushed", StringComparison.Ordinal)));
        Assert.Equal($"v1: digest: {digest} size: {RawManifest(source).Length}", lines[^1]);
        Assert.Equal(RawManifest(source), RawManifest(target));
        ReadBySkopeo(target);
        Assert.Equal(["v1: digest: " + digest], FastRun("push", target).Run().Lines.Where(static line => line.Contains("digest", StringComparison.Ordinal)).Select(static line => line.Split(" size")[0]));
        Assert.Equal(target, FastRun("push", "-q", target).Run().Output);
    }

    [Fact]
    public void Push_ToAnotherRepositoryOfTheRegistry_BlobsAreMounted()
    {
        string source = PullFrom(_registry, Images.Layered, "team/base:latest");
        string target = _registry.Authority + "/app:latest";
        FastRun("tag", source, target).Run().Exits(0);
        string[] lines = FastRun("push", target[..^":latest".Length]).Run().Lines;
        Assert.Equal("Using default tag: latest", lines[0]);
        Assert.Equal(5, lines.Count(static line => line.EndsWith(": Mounted from team/base", StringComparison.Ordinal)));
        Assert.Equal(RawManifest(source), RawManifest(target));
        lines = FastRun("push", target).Run().Lines;
        Assert.Equal(5, lines.Count(static line => line.EndsWith(": Layer already exists", StringComparison.Ordinal)));
        ReadBySkopeo(target);
    }

    [Theory]
    [InlineData("gzip", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("zstd:1", "application/vnd.oci.image.layer.v1.tar+zstd")]
    public void Push_OriginIsOut_LayersAreCompressedAgainAndItIsSaid(string compression, string mediaType)
    {
        string target = _registry.Authority + "/app:latest";
        string before;
        using (DockerRegistry origin = new())
        {
            string source = PullFrom(origin, Images.Layered, "base:latest");
            before = RemoteDigest(source);
            FastRun("tag", source, target).Run().Exits(0);
        }

        string[] lines = FastRun("push", "--compression", compression, target).Run().Lines;

        string digest = RemoteDigest(target);
        Assert.NotEqual(before, digest);
        Assert.Equal($"latest: the manifest's digest has changed, since layers were compressed here: {before} -> {digest}", lines[^2]);
        Assert.StartsWith($"latest: digest: {digest} size: ", lines[^1], StringComparison.Ordinal);
        JsonNode manifest = JsonNode.Parse(RawManifest(target))!;
        Assert.All(manifest["layers"]!.AsArray(), layer => Assert.Equal(mediaType, (string?)layer!["mediaType"]));
        ReadBySkopeo(target);
        RunsAfterAPull(target);

        // The next push has nothing to do, and the name is one line.
        Assert.Equal(5, FastRun("push", target).Run().Lines.Count(static line => line.EndsWith(": Layer already exists", StringComparison.Ordinal)));
        Assert.DoesNotContain("<none>", FastRun("images").Run().Output, StringComparison.Ordinal);
        FastRun("rmi", target).Run().Exits(0);
        Assert.DoesNotContain(target, FastRun("images", "--digests", "--no-trunc").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Push_DockerSchema2AsZstd_BecomesAnOciManifest()
    {
        string source = PullFrom(_registry, Images.Busybox, "base:latest", "--format", "v2s2");
        string target = _registry.Authority + "/app:z";
        FastRun("tag", source, target).Run().Exits(0);
        FastRun("push", "--compression", "zstd", "--force-compression", target).Run().Exits(0);
        JsonNode manifest = JsonNode.Parse(RawManifest(target))!;
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", (string?)manifest["mediaType"]);
        Assert.Equal("application/vnd.oci.image.config.v1+json", (string?)manifest["config"]!["mediaType"]);
        Assert.Equal("application/vnd.oci.image.layer.v1.tar+zstd", (string?)manifest["layers"]![0]!["mediaType"]);
        ReadBySkopeo(target);
        RunsAfterAPull(target);
    }

    [Fact]
    public void Push_ImageWithoutAManifest_GetsOne()
    {
        string target = _registry.Authority + "/archived:1";
        FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        FastRun("tag", "example.test/busybox:1.0", target).Run().Exits(0);
        FastRun("push", target).Run().Exits(0);
        ReadBySkopeo(target);
        RunsAfterAPull(target);
    }

    [Fact]
    public void Push_ImageOfAnIndex_KeepsTheIndexWhereItIsAndSaysSoWhereItIsNot()
    {
        string source = PullFrom(_registry, Images.MultiPlatform, "multi:latest", "--all");
        string digest = RemoteDigest(source);
        Assert.Contains($"latest: digest: {digest} size: ", FastRun("push", source).Run().Lines[^1], StringComparison.Ordinal);
        Assert.Equal(digest, RemoteDigest(source));

        string target = _registry.Authority + "/one:latest";
        FastRun("tag", source, target).Run().Exits(0);
        string[] lines = FastRun("push", target).Run().Lines;
        string pushed = RemoteDigest(target);
        Assert.Equal($"latest: only the image for this platform was pushed, not the index that it came by: {digest} -> {pushed}", lines[^2]);
        Assert.NotEqual(digest, pushed);
        Assert.NotNull(JsonNode.Parse(RawManifest(target))!["config"]);
        FastRun("push", "--platform", "linux/s390x", target).Run().FailsWith(1, "linux/s390x");
    }

    [Fact]
    public void Push_AllTags_EachUnderOneHeading()
    {
        string source = PullFrom(_registry, Images.Busybox, "base:latest");
        string repository = _registry.Authority + "/all";
        FastRun("tag", source, repository + ":one").Run().Exits(0);
        FastRun("tag", source, repository + ":two").Run().Exits(0);
        string[] lines = FastRun("push", "-a", repository).Run().Lines;
        Assert.Single(lines, $"The push refers to repository [{repository}]");
        Assert.Equal(RawManifest(repository + ":one"), RawManifest(repository + ":two"));
        FastRun("push", "-a", repository + ":one").Run().FailsWith(1, "tag can't be used with --all-tags/-a");
        FastRun("push", "-a", _registry.Authority + "/none").Run().FailsWith(1, "no image has a tag of this repository");
    }

    [Fact]
    public void Push_WrongWords_OneLineEach()
    {
        FastRun("push", "nothing").Run().FailsWith(1, "nothing:latest: an image does not exist locally with this tag");
        FastRun("push", "x@sha256:" + new string('a', 64)).Run().FailsWith(1, "cannot push a digest reference");
        FastRun("push", "oci:/x").Run().FailsWith(1, "not the name of a registry's image");
        FastRun("push", "--compression", "lz4", "x").Run().FailsWith(1, "must be gzip[:1-9] or zstd[:1-19]");
        FastRun("tag", "nothing", "x").Run().FailsWith(1, "nothing: no such image");
        FastRun("tag", "nothing", "Bad").Run().FailsWith(1, "not a valid repository/tag");
        FastRun("tag", "nothing", "x@sha256:" + new string('a', 64)).Run().FailsWith(1, "refusing to create a tag with a digest reference");
        FastRun("tag", "oci:/x", "x").Run().FailsWith(1, "not an image of this machine's store");
    }

    [Fact]
    public void Tag_NameOrId_MeansTheImageAndMoves()
    {
        string busybox = PullFrom(_registry, Images.Busybox, "busybox:latest");
        string layered = PullFrom(_registry, Images.Layered, "layered:latest");
        string id = FastRun("images", "-q", layered).Run().Output;
        FastRun("tag", busybox, "mine:1").Run().Exits(0);
        Assert.Equal(FastRun("images", "-q", busybox).Run().Output, FastRun("images", "-q", "mine:1").Run().Output);
        FastRun("tag", id, "mine:1").Run().Exits(0);
        Assert.Equal(id, FastRun("images", "-q", "mine:1").Run().Output);
        FastRun("rmi", layered).Run().Exits(0);
        Assert.Equal("upper", FastRun("exec", "--no-workspace", "--offline", "mine:1", "--", "cat", "/case/replaced").Run().Output);
    }

    [Fact]
    public void Push_RegistryWithAPassword_NeedsALogin()
    {
        using DockerRegistry guarded = GuardedRegistry.WithPassword(Roots, "me", "secret");
        string source = PullFrom(_registry, Images.Busybox, "base:latest");
        string target = guarded.Authority + "/app:latest";
        FastRun("tag", source, target).Run().Exits(0);
        _environment = new() { ["DOCKER_CONFIG"] = Roots.NewDirectory("docker") };
        (FastRun("push", target) with { Environment = _environment }).Run()
            .FailsWith(1, $"push access denied for {guarded.Authority}/app, repository does not exist or may require 'fastrun login'");
        (FastRun("login", "-u", "me", "-p", "secret", guarded.Authority) with { Environment = _environment }).Run().Exits(0);
        Assert.Contains("latest: digest: ", (FastRun("push", target) with { Environment = _environment }).Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Push_RegistryWithTokens_AsksToPushAndToReadWhatIsMounted()
    {
        using TokenServer tokens = new("me", "secret");
        using DockerRegistry guarded = GuardedRegistry.WithTokens(Roots, tokens);
        _environment = new() { ["DOCKER_CONFIG"] = Roots.NewDirectory("docker") };
        (FastRun("login", "-u", "me", "-p", "secret", guarded.Authority) with { Environment = _environment }).Run().Exits(0);
        string source = PullFrom(_registry, Images.Busybox, "base:latest");
        foreach (string name in (string[])["first", "second"])
        {
            string target = $"{guarded.Authority}/team/{name}:latest";
            FastRun("tag", source, target).Run().Exits(0);
            string output = (FastRun("push", target) with { Environment = _environment }).Run().Output;
            Assert.Contains(name == "second" ? ": Mounted from team/first" : ": Pushed", output, StringComparison.Ordinal);
        }

        Assert.Contains(("me", "repository:team/first:pull,push"), tokens.Questions);
        Assert.Contains(("me", "repository:team/second:pull,push repository:team/first:pull"), tokens.Questions);
    }

    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Pushes an image by skopeo and pulls it.</summary>
    private string PullFrom(DockerRegistry registry, string image, string name, params string[] options)
    {
        string source = $"{registry.Authority}/{name}";
        _ = new Command(
            "skopeo", ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", .. options, image, "docker://" + source]).Run().Exits(0);
        FastRun("pull", "-q", source).Run().Exits(0);
        return source;
    }

    private static string RawManifest(string name) =>
        new Command("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name).Run().Exits(0).Stdout;

    private static string RemoteDigest(string name) => FaultyRegistry.DigestOf(Encoding.UTF8.GetBytes(RawManifest(name)));

    /// <summary>Every blob is read and verified, and layers are unpacked.</summary>
    private void ReadBySkopeo(string name)
    {
        string layout = Path.Combine(Roots.Top, "copy-" + Guid.NewGuid().ToString("N"));
        _ = new Command("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + name, $"oci:{layout}:latest").Run().Exits(0);
    }

    private void RunsAfterAPull(string name)
    {
        string[] roots = ["--data-root", Path.Combine(Roots.Top, "other-data"), "--run-root", Path.Combine(Roots.Top, "other-run")];
        Assert.Equal("hello", new Command(Repository.Binary, [.. roots, "exec", "-q", "--no-workspace", name, "--", "echo", "hello"]).Run().Output);
        Roots.AwaitSync();
    }
}
