using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What becomes of what buildx builds: registries, archives, files, several platforms, caches.</summary>
public sealed class BuildxOutputsTests(TestImages images) : BuildxTest(images)
{
    private const string Both = "linux/amd64,linux/s390x";

    private const string CrossCompiling =
        """
        FROM --platform=$BUILDPLATFORM busybox:test AS build
        ARG TARGETPLATFORM
        RUN echo $TARGETPLATFORM > /made
        FROM scratch
        COPY --from=build /made /
        """;

    [Fact]
    public void Push_WithSeveralNames_TellsTheDigestThatTheRegistryHas()
    {
        using DockerRegistry registry = new();
        (string first, string second) = (registry.Authority + "/first:1", registry.Authority + "/second");
        BuildCommand("FROM busybox:test\nRUN echo pushed > /pushed", "--push", "-t", first, "-t", second, "--metadata-file", "metadata").Run().Exits(0);

        string manifest = Raw(first);
        Assert.Equal(manifest, Raw(second));
        JsonNode metadata = JsonNode.Parse(File.ReadAllText(Path.Combine(Context, "metadata")))!;
        Assert.Equal(DigestOf(manifest), (string?)metadata["containerimage.digest"]);
        Assert.Equal(Inspect(first, "{{.Id}}"), (string?)metadata["containerimage.config.digest"]);
        Assert.Equal($"{first},{second}:latest", (string?)metadata["image.name"]);
    }

    [Fact]
    public void Push_ToARegistryThatIsGuarded_TakesTheClientsLogin()
    {
        using DockerRegistry registry = GuardedRegistry.WithPassword(Roots, "user", "pass-word");
        string image = registry.Authority + "/private:1";
        CommandResult refused = BuildCommand("FROM busybox:test\nRUN true", "--push", "-t", image).Run();
        Assert.NotEqual(0, refused.ExitCode);

        // It is the build that pushes, as newer releases of buildx expect; this one would push once more.
        Assert.True(refused.Stderr.Contains("failed to solve: ", StringComparison.Ordinal) && refused.Stderr.Contains("unauthorized", StringComparison.Ordinal), refused.Stderr);

        (Cli("login", "-u", "user", "--password-stdin", registry.Authority) with { Stdin = "pass-word" }).Run().Exits(0);
        Cli("build", "--push", "-t", image, ".").Run().Exits(0);
        Cli("rmi", image).Run().Exits(0);
        Cli("pull", "-q", image).Run().Exits(0);
    }

    [Fact]
    public void Platforms_Several_AreAnIndexInTheRegistry()
    {
        using DockerRegistry registry = new();
        string image = registry.Authority + "/multi:1";
        BuildCommand(CrossCompiling, "--platform", Both, "--push", "-t", image, "--metadata-file", "metadata").Run().Exits(0);

        string index = Raw(image);
        Assert.Equal(["amd64", "s390x"], JsonNode.Parse(index)!["manifests"]!.AsArray().Select(static each => (string?)each!["platform"]!["architecture"]));
        Assert.Equal(DigestOf(index), (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(Context, "metadata")))!["containerimage.digest"]);
        Assert.Equal("amd64", Inspect(image, "{{.Architecture}}"));
        Assert.Contains(
            "docker exporter does not currently support exporting manifest lists", Cli("build", "--platform", Both, "--load", ".").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Platforms_Several_AreDirectoriesOfTheirOwn_WithTheTimeThatIsAskedFor()
    {
        BuildCommand(CrossCompiling, "--platform", Both, "--build-arg", "SOURCE_DATE_EPOCH=1700000000", "--output", "files").Run().Exits(0);
        Assert.Equal("linux/s390x\n", File.ReadAllText(Path.Combine(Context, "files", "linux_s390x", "made")));
        Assert.Equal("linux/amd64\n", File.ReadAllText(Path.Combine(Context, "files", "linux_amd64", "made")));
        Assert.Equal("1700000000", Command.Output("stat", "-c", "%Y", Path.Combine(Context, "files", "linux_amd64", "made")).Trim());
        Assert.Equal("1700000000", Command.Output("stat", "-c", "%Y", Path.Combine(Context, "files", "linux_s390x")).Trim());
    }

    [Fact]
    public void Archives_AreWhatOthersRead()
    {
        BuildCommand("FROM busybox:test\nRUN echo archived > /archived", "-t", "archived:1", "--output", "type=docker,dest=docker.tar").Run().Exits(0);
        Cli("rmi", "archived:1").Run().Exits(0);
        Assert.Contains("archived:1", Cli("load", "-i", "docker.tar").Run().Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("archived", In("archived:1", "cat /archived"));

        BuildCommand(
            CrossCompiling,
            "--platform",
            Both,
            "--output",
            "type=oci,dest=oci.tar",
            "--annotation",
            "index:of=index",
            "--annotation",
            "manifest[linux/s390x]:of=manifest",
            "--annotation",
            "manifest-descriptor:of=descriptor").Run().Exits(0);
        string layout = Roots.NewDirectory("layout");
        _ = Command.Output("tar", "-C", layout, "-xf", Path.Combine(Context, "oci.tar"));
        JsonNode index = JsonNode.Parse(Command.Output("skopeo", "inspect", "--raw", "oci:" + layout))!;
        Assert.Equal("""{"of":"index"}""", index["annotations"]!.ToJsonString());
        foreach (JsonNode? manifest in index["manifests"]!.AsArray())
        {
            Assert.Equal("""{"of":"descriptor"}""", manifest!["annotations"]!.ToJsonString());
            bool isAnnotated = (string?)manifest["platform"]!["architecture"] == "s390x";
            string digest = ((string?)manifest["digest"])!["sha256:".Length..];
            Assert.Equal(
                isAnnotated ? """{"of":"manifest"}""" : null, JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "blobs", "sha256", digest)))!["annotations"]?.ToJsonString());
        }
    }

    [Fact]
    public void Cache_OfARegistry_IsGivenAndTaken()
    {
        using DockerRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/cache:1";
        BuildCommand("FROM busybox:test\nRUN head -c 8 /dev/urandom > /random", "-q", "--cache-to", cache + ",mode=max", "-t", "first").Run().Exits(0);
        Assert.Contains("buildcache", Raw(registry.Authority + "/cache:1"), StringComparison.Ordinal);
        Cli("rmi", "-f", "first").Run().Exits(0);
        Cli("buildx", "prune", "-af").Run().Exits(0);
        Assert.Contains(" CACHED\n", Cli("build", "--progress", "plain", "--cache-from", cache, ".").Run().Exits(0).Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("annotations stand in the manifests of an archive", "--annotation", "a=b", "--output", "type=image")]
    [InlineData("--output type=moby,compression=zstd: not supported", "--output", "type=image,compression=zstd")]
    [InlineData("--output type=oci,tar=false: not supported", "--output", "type=oci,tar=false,dest=directory")]
    [InlineData("exporter \"other\" could not be found", "--output", "type=other")]
    [InlineData("Attestations are not supported by the current BuildKit daemon", "--provenance=true")]
    [InlineData("failed to solve: Unimplemented: --allow security.insecure: a RUN has no more rights than a container", "--allow", "security.insecure")]
    [InlineData("target stage \"nope\" could not be found", "--target", "nope")]
    public void WhatIsNotThere_IsSaid(string message, params string[] flags)
    {
        CommandResult refused = BuildCommand("FROM busybox:test\nRUN true", flags).Run();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(message, refused.Stderr, StringComparison.Ordinal);
    }

    private static string Raw(string image) =>
        new Command("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + image).Run().Exits(0).Stdout;

    private static string DigestOf(string document) => FaultyRegistry.DigestOf(Encoding.UTF8.GetBytes(document));
}
