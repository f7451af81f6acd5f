using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Builds whose results depend on nothing but what is built, and what tells of builds.</summary>
public sealed class BuildReproducibleTests : BuildTest
{
    private const string Epoch = "SOURCE_DATE_EPOCH=1700000000";

    private const string Dockerfile =
        """
        FROM busybox
        COPY file /copied/file
        RUN mkdir -p /made/below && echo x > /made/below/file && ln -s file /made/below/link && rm /copied/file
        WORKDIR /work/dir
        COPY <<text /inline
        some text
        text
        """;

    private readonly StateRoots _other = new();

    public BuildReproducibleTests(TestImages images)
        : base(images)
    {
        _ = Other("exec", "--no-workspace", images.Busybox, "--", "true").Run().Exits(0);
        Write("file", "content");
        File.SetLastWriteTimeUtc(Path.Combine(ContextDirectory, "file"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    [Fact]
    public void RewriteTimestamp_TwoStores_TheSameManifestInRegistriesAndArchives()
    {
        using DockerRegistry registry = new();
        string first = registry.Authority + "/first:latest";
        string second = registry.Authority + "/second:latest";
        string[] flags = ["--no-cache", "--build-arg", Epoch, "--output", "type=registry,rewrite-timestamp=true"];
        _ = Build(Dockerfile, [.. flags, "-t", first, "--output", $"type=oci,dest={Roots.Top}/first.tar"]);
        _ = Other(["build", "--progress", "plain", .. flags, "-t", second, "--output", $"type=oci,dest={_other.Top}/second.tar", ContextDirectory]).Run().Exits(0);
        Assert.Equal(IdOf(first), Other("image", "inspect", "-f", "{{.Id}}", second).Run().Output);
        Assert.Equal(Raw(first), Raw(second));
        Assert.Equal(ManifestIn(Path.Combine(Roots.Top, "first.tar")), ManifestIn(Path.Combine(_other.Top, "second.tar")));

        // What the command made has the time, what was older keeps its own.
        Assert.Equal("1700000000\n1700000000\n1700000000\n", Other("exec", "--no-workspace", second, "--", "stat", "-c", "%Y", "/made", "/made/below/file", "/work/dir").Run().Stdout);
        Assert.Equal("2023-11-14T22:13:20Z", JsonNode.Parse(Other("image", "inspect", second).Run().Output)![0]!["Created"]!.ToString()[..19] + "Z");

        // The layers of the cache are what they were.
        string cached = Build(Dockerfile, "--build-arg", Epoch, "-t", "plain");
        Assert.Equal(4, cached.Split(" CACHED\n").Length - 1);
        Assert.NotEqual("1700000000\n", FastRun("exec", "--no-workspace", "plain", "--", "stat", "-c", "%Y", "/made/below/file").Run().Stdout);
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void RewriteTimestamp_WithoutATime_IsSaid() => Assert.Contains(
        "WARNING: rewrite-timestamp is specified, but no source-date-epoch was found",
        Build(Dockerfile, "--output", "type=image,rewrite-timestamp=true"),
        StringComparison.Ordinal);

    [Fact]
    public void Annotation_StandsInTheManifest_OfRegistryAndArchive()
    {
        using DockerRegistry registry = new();
        string name = registry.Authority + "/app:latest";
        string archive = Path.Combine(Roots.Top, "app.tar");
        string[] flags = ["--annotation", "org.example.a=1=2", "--annotation", "manifest:b=two", "--annotation", "example.test:c=3"];
        _ = Build(Dockerfile, [.. flags, "-t", name, "--push", "--output", $"type=oci,dest={archive}"]);
        JsonNode annotations = JsonNode.Parse(Raw(name))!["annotations"]!;
        Assert.Equal("""{"b":"two","example.test:c":"3","org.example.a":"1=2"}""", annotations.ToJsonString());
        Assert.Equal(annotations.ToJsonString(), JsonNode.Parse(ManifestIn(archive))!["annotations"]!.ToJsonString());

        // The same image again, with other annotations and with none.
        _ = Build(Dockerfile, "-t", name, "--push", "--annotation", "b=three");
        Assert.Equal("""{"b":"three"}""", JsonNode.Parse(Raw(name))!["annotations"]!.ToJsonString());
    }

    [Fact]
    public void Annotation_OfSeveralPlatforms_StandsWhereItsPrefixSays()
    {
        using DockerRegistry registry = new();
        string name = registry.Authority + "/app:latest";
        string archive = Path.Combine(Roots.Top, "app.tar");
        string[] flags =
        [
            "--platform", "linux/amd64,linux/s390x", "--annotation", "of=each", "--annotation", "manifest[linux/s390x]:of=one", "--annotation", "index,manifest-descriptor:where=there",
            "--annotation", "index-descriptor:where=archive",
        ];
        _ = Build("FROM scratch\nCOPY file /", [.. flags, "-t", name, "--push", "--output", $"type=oci,dest={archive}"]);
        foreach (Func<string, string> raw in (Func<string, string>[])[digest => Raw(registry.Authority + "/app" + (digest.Length == 0 ? ":latest" : "@" + digest)), digest => InArchive(archive, digest)])
        {
            JsonNode index = JsonNode.Parse(raw(""))!;
            Assert.Equal("""{"where":"there"}""", index["annotations"]!.ToJsonString());
            foreach (JsonNode? manifest in index["manifests"]!.AsArray())
            {
                Assert.Equal("""{"where":"there"}""", manifest!["annotations"]!.ToJsonString());
                Assert.Equal(
                    (string?)manifest["platform"]!["architecture"] == "s390x" ? """{"of":"one"}""" : """{"of":"each"}""",
                    JsonNode.Parse(raw((string)manifest["digest"]!))!["annotations"]!.ToJsonString());
            }
        }

        string layout = Command.Output("tar", "-xOf", archive, "index.json");
        Assert.Equal("archive", (string?)JsonNode.Parse(layout)!["manifests"]![0]!["annotations"]!["where"]);
        Assert.Contains(":latest", FastRun("load", "-i", archive).Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_OfABuildWithATime_HaveIt()
    {
        string directory = Path.Combine(Roots.Top, "files");
        string tar = Path.Combine(Roots.Top, "files.tar");
        _ = Build(
            "FROM scratch\nCOPY file /new/below/file\nCOPY --from=busybox /bin/busybox /bin/busybox",
            "--build-arg", Epoch, "-o", directory, "-o", "type=tar,dest=" + tar);
        foreach (string path in (string[])["new", "new/below", "new/below/file", "bin/busybox"])
        {
            Assert.Equal("1700000000", Command.Output("stat", "-c", "%Y", Path.Combine(directory, path)).Trim());
        }

        string listed = Command.Output("tar", "--utc", "--full-time", "-tvf", tar);
        Assert.All(listed.Trim().Split('\n'), static line => Assert.Contains(" 2023-11-14 22:13:20 ", line, StringComparison.Ordinal));
        Assert.Contains("new/below/file", listed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--annotation", "manifest[linux/s390x]:a=b", "nothing is built for linux/s390x")]
    [InlineData("--annotation", "manifest-descriptor:a=b", "manifest-descriptor annotations not supported for single platform export")]
    [InlineData("--annotation", "nothing", "expected key=value")]
    [InlineData("--annotation", "index:a=b", "index annotations not supported for single platform export")]
    [InlineData("--annotation", "a=b", "an image on this machine has no manifest")]
    [InlineData("--attest", "type=provenance,mode=max", "builds are not attested yet")]
    [InlineData("--provenance", "true", "builds are not attested yet")]
    [InlineData("--output", "type=local,dest=x,rewrite-timestamp=true", "rewrite-timestamp means nothing for this type")]
    [InlineData("--trace", "/no/such/directory/file", "its directory does not exist")]
    public void WhatIsNotThere_IsRefused(string flag, string value, string message)
    {
        CommandResult result = BuildCommand(Dockerfile, flag, value).Run();
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Attestations_ThatAreDisabled_AreWhatClientsSend() =>
        _ = Build(Dockerfile, "--attest", "type=provenance,disabled=true", "--provenance=false", "--sbom=false");

    [Fact]
    public void Trace_HasEachStep_AlsoOfABuildThatFails()
    {
        string trace = Path.Combine(Roots.Top, "trace.json");
        _ = Build(Dockerfile, "--trace", trace);
        JsonNode[] slices = Slices(trace);
        Assert.Contains(slices, static slice => slice["name"]!.ToString().Contains("RUN mkdir", StringComparison.Ordinal) && !slice["args"]!["cached"]!.GetValue<bool>());
        _ = Build(Dockerfile, "--trace", trace);
        Assert.Contains(Slices(trace), static slice => slice["name"]!.ToString().Contains("RUN mkdir", StringComparison.Ordinal) && slice["args"]!["cached"]!.GetValue<bool>());
        Assert.NotEqual(0, BuildCommand("FROM busybox\nRUN exit 1", "--trace", trace).Run().ExitCode);
        Assert.Contains(Slices(trace), static slice => slice["args"]!["error"]?.ToString().Contains("exit code: 1", StringComparison.Ordinal) == true);
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(trace))!["otherData"]!["error"]);

        // What goes on at once is in rows of their own.
        foreach (IGrouping<string, JsonNode> row in slices.GroupBy(static slice => slice["tid"]!.ToString()))
        {
            double end = 0;
            foreach (JsonNode slice in row)
            {
                Assert.True(slice["ts"]!.GetValue<double>() >= end - 1);
                end = slice["ts"]!.GetValue<double>() + slice["dur"]!.GetValue<double>();
            }
        }
    }

    [Fact]
    public void RawJson_IsBuildKitsStatus()
    {
        string output = BuildCommand("FROM busybox\nRUN echo some words; echo others >&2", "--progress", "rawjson").Run().Exits(0).Stderr;
        JsonNode[] lines = [.. output.TrimEnd('\n').Split('\n').Select(static line => JsonNode.Parse(line)!)];
        JsonNode[] vertexes = [.. lines.SelectMany(static line => line["vertexes"]?.AsArray().Select(static vertex => vertex!) ?? [])];
        JsonNode run = vertexes.Single(static vertex => vertex["name"]!.ToString().EndsWith("others >&2", StringComparison.Ordinal) && vertex["completed"] is not null);
        Assert.Matches("^sha256:[0-9a-f]{64}$", run["digest"]!.ToString());
        Assert.True(DateTime.Parse(run["started"]!.ToString(), null) <= DateTime.Parse(run["completed"]!.ToString(), null));
        string written = string.Concat(lines
            .SelectMany(static line => line["logs"]?.AsArray().Select(static log => log!) ?? [])
            .Where(log => log["vertex"]!.ToString() == run["digest"]!.ToString())
            .Select(static log => Encoding.UTF8.GetString(Convert.FromBase64String(log["data"]!.ToString()))));
        Assert.Equal("some words\nothers\n", written);
        CommandResult failed = BuildCommand("FROM busybox\nRUN exit 3", "--progress", "rawjson").Run();
        Assert.Contains("\"error\":\"process", failed.Stderr, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _other.Dispose();
        }

        base.Dispose(disposing);
    }

    private static string Raw(string name) => Command.Output("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name);

    /// <summary>A document of an archive by its digest; without one what its name leads to.</summary>
    private static string InArchive(string archive, string digest) => digest.Length == 0
        ? InArchive(archive, (string)JsonNode.Parse(Command.Output("tar", "-xOf", archive, "index.json"))!["manifests"]![0]!["digest"]!)
        : Command.Output("tar", "-xOf", archive, "blobs/" + digest.Replace(':', '/'));

    private static string ManifestIn(string archive) => Command.Output("skopeo", "inspect", "--raw", "oci-archive:" + archive);

    private static JsonNode[] Slices(string trace) =>
        [.. JsonNode.Parse(File.ReadAllText(trace))!["traceEvents"]!.AsArray().Where(static slice => slice!["ph"]!.ToString() == "X").Select(static slice => slice!)];

    private Command Other(params IReadOnlyList<string> arguments) => new(Repository.Binary, [.. _other.Options, .. arguments]) { WorkingDirectory = _other.Top };
}
