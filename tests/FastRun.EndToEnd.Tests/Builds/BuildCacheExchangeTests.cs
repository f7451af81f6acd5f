using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>--cache-to</c> and <c>--cache-from</c> between two stores that share nothing else.</summary>
public sealed class BuildCacheExchangeTests : BuildTest
{
    private const string Uuid = "cat /proc/sys/kernel/random/uuid";

    /// <summary>Of the image one layer and one step without; of a stage that it only takes a file from a layer that nobody else needs.</summary>
    private const string Dockerfile =
        $"""
        FROM busybox AS maker
        RUN {Uuid} > /heavy
        RUN {Uuid} > /made
        FROM busybox
        RUN rm -f /etc/no-such; true
        COPY file /file
        RUN {Uuid} > /own; rm /file
        COPY --from=maker /made /made
        """;

    /// <summary>No test fails because the machine is busy.</summary>
    private const string Patient = ",timeout=600s";

    private readonly StateRoots _other = new();

    public BuildCacheExchangeTests(TestImages images)
        : base(images)
    {
        _ = Other("exec", "--no-workspace", images.Busybox, "--", "true").Run().Exits(0);
        Write("file", "content");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",compression=zstd,compression-level=1")]
    public void Registry_Max_AllStepsAreFound_AndOnlyTheImagesLayersAreFetched(string form)
    {
        using DockerRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/team/app:cache{Patient}";
        string first = Build(Dockerfile, "-t", "made", "--cache-to", $"{cache},mode=max{form}");
        Assert.DoesNotContain("WARNING", first, StringComparison.Ordinal);

        string second = OtherBuild("-t", "made", "--cache-from", cache);

        Assert.Equal(6, Count(second, " CACHED\n"));
        Assert.DoesNotContain("WARNING", second, StringComparison.Ordinal);
        Assert.Equal(IdOf("made"), OtherId("made"));
        Assert.Equal(In("made", "cat /own /made"), Other("exec", "--no-workspace", "made", "--", "cat", "/own", "/made").Run().Output);
        Assert.NotEqual(0, Other("exec", "--no-workspace", "made", "--", "cat", "/file").Run().ExitCode);

        // base, COPY, RUN, COPY --from; nothing of the stage that nobody needs.
        Assert.Equal(4, Layers(_other));
        _ = Other("system", "check").Run().Exits(0);
    }

    [Fact]
    public void Registry_ThatSkopeoReads_IsAnOciManifest()
    {
        using DockerRegistry registry = new();
        string name = registry.Authority + "/app:cache";
        _ = Build(Dockerfile, "--cache-to", $"type=registry,ref={name}{Patient},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true");
        JsonNode manifest = JsonNode.Parse(Command.Output("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name))!;
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", manifest["mediaType"]!.ToString());
        Assert.Equal("application/vnd.fastrun.buildcache.v1+json", manifest["config"]!["mediaType"]!.ToString());
        Assert.Equal(4, manifest["layers"]!.AsArray().Count);

        // The same build says the same again, and sends nothing.
        string again = Build(Dockerfile, "--cache-to", $"type=registry,ref={name}{Patient},mode=max");
        Assert.Contains("6 steps, 4 layers", again, StringComparison.Ordinal);
        Assert.Equal(
            manifest.ToJsonString(),
            JsonNode.Parse(Command.Output("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name))!.ToJsonString());
    }

    [Fact]
    public void Registry_Min_TheStagesOfTheImageAlone()
    {
        using DockerRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache{Patient}";
        _ = Build(Dockerfile, "-t", "made", "--cache-to", cache);
        string second = OtherBuild("-t", "made", "--cache-from", $"type=registry,ref={registry.Authority}/app:cache{Patient}");

        // The stage is made anew; what the image took of it is found all the same, by what made it.
        Assert.Equal(4, Count(second, " CACHED\n"));
        Assert.Equal(In("made", "cat /own"), Other("exec", "--no-workspace", "made", "--", "cat", "/own").Run().Output);
    }

    [Fact]
    public void Registry_AChangedStep_IsDoneUponWhatIsFetched()
    {
        using DockerRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache{Patient}";
        _ = Build(Dockerfile, "-t", "made", "--cache-to", cache + ",mode=max");
        string own = In("made", "cat /own");
        Write("Dockerfile", Dockerfile + "\nRUN cat /own /made > /both; test ! -e /file");
        string second = OtherBuild("-t", "made", "--cache-from", cache);
        Assert.Equal(6, Count(second, " CACHED\n"));
        Assert.StartsWith(own, Other("exec", "--no-workspace", "made", "--", "cat", "/both").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Registry_WhatCameFromACache_IsNotUsedByWhoDoesNotNameIt()
    {
        string cache;
        using (DockerRegistry registry = new())
        {
            cache = $"type=registry,ref={registry.Authority}/app:cache{Patient}";
            _ = Build(Dockerfile, "-t", "made", "--cache-to", cache + ",mode=max");
            _ = OtherBuild("-t", "made", "--cache-from", cache);
            Assert.Equal(0, Count(OtherBuild("-t", "own"), " CACHED\n"));
            Assert.NotEqual(OtherId("made"), OtherId("own"));
        }

        // What was made here comes first, and nobody is asked.
        Assert.Equal(6, Count(OtherBuild("-t", "again", "--cache-from", cache), " CACHED\n"));
        Assert.Equal(OtherId("own"), OtherId("again"));
    }

    [Fact]
    public void Local_Max_AllStepsAreFound_AndTheDirectoryIsALayout()
    {
        string directory = Path.Combine(Roots.Top, "cache");
        _ = Build(Dockerfile, "-t", "made", "--cache-to", $"type=local,dest={directory},mode=max{Patient}");
        Assert.Equal("{\"imageLayoutVersion\":\"1.0.0\"}", File.ReadAllText(Path.Combine(directory, "oci-layout")));
        string second = OtherBuild("-t", "made", "--cache-from", $"type=local,src={directory}{Patient}");
        Assert.Equal(6, Count(second, " CACHED\n"));
        Assert.Equal(IdOf("made"), OtherId("made"));

        // From one cache to the next, what was never fetched too.
        string next = Path.Combine(Roots.Top, "next");
        _ = Other("builder", "prune", "-af").Run().Exits(0);
        _ = Other("rmi", "made").Run().Exits(0);
        string passed = OtherBuild("-t", "made", "--cache-from", $"type=local,src={directory}{Patient}", "--cache-to", $"type=local,dest={next},mode=max{Patient}");
        Assert.Equal(6, Count(passed, " CACHED\n"));
        Assert.Equal(
            Directory.GetFiles(Path.Combine(directory, "blobs", "sha256")).Select(Path.GetFileName).Order(),
            Directory.GetFiles(Path.Combine(next, "blobs", "sha256")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Local_ThatIsWrittenAgain_HoldsNoMoreThanItsIndexNames()
    {
        string directory = Path.Combine(Roots.Top, "cache");
        string[] exchange = ["--cache-from", $"type=local,src={directory}{Patient}", "--cache-to", $"type=local,dest={directory},mode=max{Patient}"];
        int largest = 0;
        for (int i = 0; i < 3; i++)
        {
            _ = Build($"FROM busybox\nRUN echo kept > /kept\nRUN echo {i} > /changes", exchange);
            string[] there = [.. Directory.GetFiles(Path.Combine(directory, "blobs", "sha256")).Select(static path => Path.GetFileName(path)!).Order()];
            Assert.Equal(Named(directory), there);
            largest = Math.Max(largest, there.Length);
        }

        Assert.Equal(4, largest);
        _ = Other("builder", "prune", "-af").Run();
        Assert.Equal(2, Count(OtherBuild("-f", Path.Combine(ContextDirectory, "Dockerfile"), "--cache-from", $"type=local,src={directory}{Patient}"), " CACHED\n"));

        // Who reads it keeps all; the next one removes it.
        using (System.Diagnostics.Process reader = new Command("flock", "-s", Path.Combine(directory, "blobs", "sha256"), "sh", "-c", "echo held; read line").Start())
        {
            Assert.Equal("held", reader.StandardOutput.ReadLine());
            _ = Build("FROM busybox\nRUN echo kept > /kept\nRUN echo read > /changes", exchange);
            Assert.True(Directory.GetFiles(Path.Combine(directory, "blobs", "sha256")).Length > 4);
            reader.StandardInput.WriteLine();
            reader.WaitForExit();
        }

        _ = Build("FROM busybox\nRUN echo kept > /kept\nRUN echo last > /changes", exchange);
        Assert.Equal(Named(directory), Directory.GetFiles(Path.Combine(directory, "blobs", "sha256")).Select(Path.GetFileName).Order());

        // What is no cache is nobody's to remove.
        string foreign = Path.Combine(Roots.Top, "foreign");
        _ = Build("FROM busybox\nRUN echo kept > /kept", "-t", "image", "-o", $"type=oci,dest={foreign}.tar");
        _ = Command.Output("tar", "-C", Roots.NewDirectory("foreign"), "-xf", foreign + ".tar");
        string[] before = Directory.GetFiles(Path.Combine(foreign, "blobs", "sha256"));
        _ = Build("FROM busybox\nRUN echo kept > /kept", "--cache-to", $"type=local,dest={foreign},mode=max{Patient}");
        Assert.All(before, static path => Assert.True(File.Exists(path)));
    }

    [Fact]
    public void Inline_TheImageIsTheCache()
    {
        using DockerRegistry registry = new();
        string name = registry.Authority + "/team/app:v1";
        _ = Build(Dockerfile, "-t", name, "--cache-to", "type=inline", "--push");
        string second = OtherBuild("-t", name, "--cache-from", $"type=registry,ref={name}{Patient}", "--cache-to", "type=inline");
        Assert.Equal(4, Count(second, " CACHED\n"));
        Assert.Equal(In(name, "cat /own"), Other("exec", "--no-workspace", name, "--", "cat", "/own").Run().Output);

        // One without a word of its steps is no failure.
        _ = Build(Dockerfile, "-t", registry.Authority + "/plain", "--push");
        Write("Dockerfile", "FROM busybox\nRUN echo new");
        string third = OtherBuild("--cache-from", $"type=registry,ref={registry.Authority}/plain{Patient}");
        Assert.Contains("the image says nothing of its steps", third, StringComparison.Ordinal);
    }

    [Fact]
    public void Mounts_TravelByTheirIds()
    {
        using DockerRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache{Patient},mounts=/root/.cache,mounts=absent";
        Write("Dockerfile", "FROM busybox\nRUN --mount=type=cache,target=/root/.cache echo first >> /root/.cache/lines; chown 7:8 /root/.cache/lines; chmod 4755 /root/.cache/lines");
        string first = FastRun("build", "--progress", "plain", "--cache-to", cache, ContextDirectory).Run().Exits(0).Stderr;
        Assert.Contains("there is no cache mount absent", first, StringComparison.Ordinal);
        Write("Dockerfile", "FROM busybox\nRUN --mount=type=cache,target=/root/.cache echo second >> /root/.cache/lines; stat -c '%a %u %g' /root/.cache/lines > /mode; cp /root/.cache/lines /lines");
        _ = OtherBuild("-t", "made", "--cache-from", cache);

        // Without the bit that gives rights.
        Assert.Equal("first\nsecond\n755 7 8\n", Other("exec", "--no-workspace", "made", "--", "cat", "/lines", "/mode").Run().Stdout);

        // One that is here is not replaced.
        _ = OtherBuild("-t", "made", "--no-cache", "--cache-from", cache);
        Assert.StartsWith("first\nsecond\nsecond\n", Other("exec", "--no-workspace", "made", "--", "cat", "/lines").Run().Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyThere_OneLineAndTheBuildGoesOn()
    {
        string cache = "type=registry,ref=127.0.0.1:1/app:cache";
        string output = Build(Dockerfile, "-t", "made", "--cache-from", cache, "--cache-to", cache);
        Assert.Equal(2, Count(output, "WARNING: cache registry 127.0.0.1:1/app:cache: "));
        Assert.Equal("content", In("made", "cat /file 2>/dev/null || echo content"));
        string local = Build(Dockerfile, "--no-cache", "--cache-to", $"type=local,dest={Path.Combine(ContextDirectory, "file")}");
        Assert.Equal(1, Count(local, "WARNING: cache local "));
    }

    [Theory]
    [InlineData("GET", "/manifests/")]
    [InlineData("GET", "/blobs/")]
    [InlineData("POST", "/blobs/")]
    [InlineData("PUT", "/manifests/")]
    public void Registry_ThatStalls_CostsABoundedTime(string method, string part)
    {
        using FaultyRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache";
        _ = Build(Dockerfile, "-t", "made", "--cache-to", cache + Patient + ",mode=max");
        registry.Answer = exchange =>
        {
            if (exchange.Request.Method != method || !exchange.Request.Path.Contains(part, StringComparison.Ordinal))
            {
                return false;
            }

            exchange.Stall();
            return true;
        };
        Write("Dockerfile", method == "GET" ? Dockerfile : Dockerfile + $"\nRUN {Uuid} > /new");
        long started = Stopwatch.GetTimestamp();
        string output = OtherBuild("-t", "made", method == "GET" ? "--cache-from" : "--cache-to", cache + ",timeout=3s");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(150), "it took " + Stopwatch.GetElapsedTime(started));
        Assert.Equal(1, Count(output, "WARNING: cache registry "));
        Assert.Equal(36, Other("exec", "--no-workspace", "made", "--", "cat", "/own").Run().Output.Trim().Length);
        _ = Other("system", "check").Run().Exits(0);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("garbage")]
    [InlineData("other")]
    public void Registry_ThatLiesAboutLayers_TheStepsAreDone(string lie)
    {
        using FaultyRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache{Patient}";
        _ = Build(Dockerfile, "-t", "made", "--cache-to", cache + ",mode=max");
        HashSet<string> layers = [.. JsonNode.Parse(registry.Manifest("cache")!)!["layers"]!.AsArray().Select(static layer => layer!["digest"]!.ToString())];
        registry.Answer = exchange =>
        {
            if (exchange.Request.Method != "GET" || !layers.Contains(exchange.Request.Path[(exchange.Request.Path.LastIndexOf('/') + 1)..]))
            {
                return false;
            }

            exchange.Respond(200, lie switch
            {
                "truncated" => [0x1F, 0x8B, 8, 0],
                "garbage" => new byte[100_000],
                _ => new LayerTar().File("own", "poison").ToArray(),
            });
            return true;
        };
        string output = OtherBuild("-t", "made", "--cache-from", cache);
        Assert.Equal(1, Count(output, "WARNING: cache registry "));
        Assert.Equal(36, Other("exec", "--no-workspace", "made", "--", "cat", "/own").Run().Output.Trim().Length);
        Assert.Equal("content\n", Other("exec", "--no-workspace", "made", "--", "sh", "-c", "echo content").Run().Stdout);
        _ = Other("system", "check").Run().Exits(0);
        _ = Other("gc").Run().Exits(0);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[{\"key\":\"../../../../etc\",\"layer\":0,\"createdAt\":\"2020-01-01T00:00:00Z\"}],\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[],\"layers\":[\"sha256:../../x\"]}")]
    [InlineData("{\"schemaVersion\":1,\"steps\":[],\"layers\":[],\"mounts\":[{\"id\":\"x\",\"layer\":99}]}")]
    [InlineData("{\"schemaVersion\":9}")]
    public void Registry_WithADocumentThatIsNone_IsNotUsed(string document)
    {
        using FaultyRegistry registry = new();
        byte[] json = System.Text.Encoding.UTF8.GetBytes(document);
        registry.AddManifest(
            System.Text.Encoding.UTF8.GetBytes(
                $$"""
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.fastrun.buildcache.v1+json","digest":"{{registry.AddBlob(json)}}","size":{{json.Length}}},"layers":[]}
                """),
            "application/vnd.oci.image.manifest.v1+json",
            "cache");
        string output = OtherBuildOf(Dockerfile, "--cache-from", $"type=registry,ref={registry.Authority}/app:cache{Patient}");
        Assert.Contains("not a build cache of this release", output, StringComparison.Ordinal);
        Assert.Equal(1, Count(output, "WARNING: "));
        Assert.Equal(0, Count(output, " CACHED\n"));
    }

    [Fact]
    public void Killed_WhileItIsExported_TheNextOneCompletes()
    {
        using FaultyRegistry registry = new();
        string cache = $"type=registry,ref={registry.Authority}/app:cache,mode=max{Patient}";
        using (System.Threading.ManualResetEventSlim reached = new())
        {
            registry.Answer = exchange =>
            {
                if (exchange.Request.Method != "PATCH" || reached.IsSet)
                {
                    return false;
                }

                reached.Set();
                exchange.Stall();
                return true;
            };
            using Process build = BuildCommand(Dockerfile, "-t", "made", "--cache-to", cache).Start();
            _ = build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(reached.Wait(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
            build.Kill();
            build.WaitForExit();
        }

        Assert.Null(registry.Manifest("cache"));
        string again = Build(Dockerfile, "-t", "made", "--cache-to", cache);
        Assert.Equal(6, Count(again, " CACHED\n"));
        Assert.NotNull(registry.Manifest("cache"));
        Assert.Equal(6, Count(OtherBuild("--cache-from", $"type=registry,ref={registry.Authority}/app:cache{Patient}"), " CACHED\n"));
        _ = FastRun("gc").Run().Exits(0);
    }

    [Fact]
    public void Killed_WhileALocalCacheIsWritten_TheOldOneStays()
    {
        string directory = Path.Combine(Roots.Top, "cache");
        string to = $"type=local,dest={directory},mode=max{Patient}";
        _ = Build(Dockerfile, "-t", "made", "--cache-to", to);
        string index = File.ReadAllText(Path.Combine(directory, "index.json"));
        Write("Dockerfile", Dockerfile + $"\nRUN {Uuid} > /more");
        for (int point = 20; ; point += 40)
        {
            CommandResult killed = (FastRun("build", "--progress", "plain", "--cache-to", to, ContextDirectory) with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = point.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            }).Run();
            if (killed.ExitCode == 0)
            {
                break;
            }

            Assert.Equal(137, killed.ExitCode);
            if (File.ReadAllText(Path.Combine(directory, "index.json")) == index)
            {
                Write("Dockerfile", Dockerfile);
                Assert.Equal(6, Count(OtherBuild("--cache-from", $"type=local,src={directory}{Patient}"), " CACHED\n"));
                Write("Dockerfile", Dockerfile + $"\nRUN {Uuid} > /more");
            }
        }

        Assert.NotEqual(index, File.ReadAllText(Path.Combine(directory, "index.json")));
        Assert.Empty(Directory.GetFiles(Path.Combine(directory, "blobs", "sha256"), ".*"));
        Assert.Equal(7, Count(OtherBuild("--no-cache-filter", "none", "--cache-from", $"type=local,src={directory}{Patient}"), " CACHED\n"));
        Assert.True(Processes.Eventually(() => FastRun("gc").Run().ExitCode == 0 && Roots.Leftovers().Count == 0));
    }

    [Theory]
    [InlineData("--cache-to", "type=gha", "there is no cache of type gha, but registry, local and inline")]
    [InlineData("--cache-to", "type=registry", "ref is required")]
    [InlineData("--cache-to", "type=local,dest=x,mode=most", "mode must be min or max, not most")]
    [InlineData("--cache-to", "type=local,dest=x,compression=estargz", "compression must be gzip or zstd")]
    [InlineData("--cache-to", "type=local,dest=x,oci-mediatypes=false", "a cache is an OCI image manifest")]
    [InlineData("--cache-to", "type=local,dest=x,ignore-error=false", "a cache is never why a build fails")]
    [InlineData("--cache-to", "type=inline,mode=max", "mode means nothing for this type")]
    [InlineData("--cache-from", "type=inline", "an inline cache is imported by the image's name")]
    [InlineData("--cache-from", "type=local,src=x,mode=max", "mode means nothing for this type")]
    [InlineData("--cache-from", "Not A Name", "is not a reference")]
    [InlineData("--cache-from", "type=local,src=x,timeout=2h", "timeout must be")]
    public void WhatIsNone_IsRefused(string flag, string text, string message)
    {
        CommandResult result = FastRun("build", flag, text, ".").Run().Exits(125);
        Assert.Contains(message, result.Stderr, StringComparison.Ordinal);
        Assert.StartsWith($"fastrun build: invalid argument \"{text}\" for \"{flag}\" flag: ", result.Stderr, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _other.Dispose();
        }

        base.Dispose(disposing);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static int Layers(StateRoots roots) => Directory.GetDirectories(Path.Combine(roots.Data, "layers")).Count(static path => Path.GetFileName(path)[0] != '_');

    private Command Other(params IReadOnlyList<string> arguments) => new(Repository.Binary, [.. _other.Options, .. arguments]) { WorkingDirectory = _other.Top };

    /// <summary>The blobs that a layout's index leads to, by their names' order.</summary>
    private static IEnumerable<string> Named(string directory)
    {
        string Blob(JsonNode descriptor) => ((string)descriptor["digest"]!)["sha256:".Length..];
        string manifest = Blob(JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "index.json")))!["manifests"]!.AsArray().Single()!);
        JsonNode document = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "blobs", "sha256", manifest)))!;
        return new List<string> { manifest, Blob(document["config"]!) }.Concat(document["layers"]!.AsArray().Select(layer => Blob(layer!))).Order();
    }

    private string OtherBuild(params IReadOnlyList<string> flags) => Other(["build", "--progress", "plain", .. flags, ContextDirectory]).Run().Exits(0).Stderr;

    private string OtherBuildOf(string dockerfile, params IReadOnlyList<string> flags)
    {
        Write("Dockerfile", dockerfile);
        return OtherBuild(flags);
    }

    private string OtherId(string name) => Other("image", "inspect", "-f", "{{.Id}}", name).Run().Output;
}
