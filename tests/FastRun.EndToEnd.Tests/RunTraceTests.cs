using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>--trace</c>: docs/run-report.md. The form is that of Chrome's "Trace Event Format" document.</summary>
public sealed class RunTraceTests(TestImages images) : ContainerTest(images)
{
    private string Trace => Path.Combine(Roots.Top, "trace.json");

    [Fact]
    public void Trace_OfARun_HasItsPhasesOneAfterTheOther()
    {
        _ = Exec(["--trace", Trace], "true").Exits(0);

        JsonObject[] phases = Slices("run");
        Assert.Equal(["resolve", "snapshot", "plan", "clone", "prepare", "exec", "run", "clean-up"], phases.Select(Name));
        double end = 0;
        foreach (JsonObject phase in phases)
        {
            Assert.Equal(end, (double)phase["ts"]!, 0.002);
            Assert.True((double)phase["dur"]! >= 0);
            end = (double)phase["ts"]! + (double)phase["dur"]!;
        }

        Assert.Equal(Images.Busybox, (string)Read()["otherData"]!["image"]!);
        Assert.Null(Read()["otherData"]!["error"]);
        Assert.Empty(Roots.Leftovers());
    }

    [Fact]
    public void Trace_OfAPullAndARunThatFails_HasARowForEachStageOfEachLayer()
    {
        using FaultyRegistry registry = new();
        OciLayout layout = new(Roots.NewDirectory("layout"));
        byte[][] layers = [new LayerTar().File("a", new byte[300_000]).ToArray(), new LayerTar().File("b", new byte[10]).ToArray()];
        layout.AddImage("latest", layers);
        registry.Add(layout);

        _ = FastRun("exec", "--no-workspace", "--trace", Trace, registry.Authority + "/app", "--", "/missing").Run().Exits(127);

        JsonNode trace = Read();
        Assert.Contains("/missing", (string)trace["otherData"]!["error"]!, StringComparison.Ordinal);
        Assert.Equal("failed", Name(Slices("run")[^2]));
        Assert.Contains(Events("i", 1), moment => Name(moment).StartsWith("found ", StringComparison.Ordinal));
        string[] groups = [.. Events("M").Where(each => Name(each) == "process_name").Select(each => (string)each["args"]!["name"]!)];
        Assert.Equal(3, groups.Length);
        for (int layer = 0; layer < 2; layer++)
        {
            int group = layer + 2;
            Assert.StartsWith($"layer {layer + 1} of 2 sha256:", groups[layer + 1], StringComparison.Ordinal);
            JsonObject whole = Assert.Single(Slices("layer", group));
            Assert.Equal("Unpacked", Name(whole));
            Assert.Equal(OciLayout.DigestOf(layers[layer]), (string)whole["args"]!["diffId"]!);
            Assert.Equal(layers[layer].Length, (long)whole["args"]!["tarBytes"]!);
            foreach (string stage in (string[])["download", "decompress", "digest", "unpack"])
            {
                JsonObject slice = Assert.Single(Slices(stage, group));
                Assert.Equal(stage, Name(slice));
                double ends = (double)slice["ts"]! + (double)slice["dur"]!;
                Assert.InRange((double)slice["ts"]!, (double)whole["ts"]!, ends);
                Assert.InRange(ends, 0, (double)whole["ts"]! + (double)whole["dur"]! + 0.002);
                Assert.InRange((double)slice["args"]!["busyMilliseconds"]!, 0, 60_000);
            }
        }

        // Within the phase that waited for it.
        JsonObject resolve = Slices("run")[0];
        Assert.All(Slices("layer", 2), layer => Assert.InRange((double)layer["ts"]!, 0, (double)resolve["ts"]! + (double)resolve["dur"]!));
    }

    [Fact]
    public void Trace_OfALayerThatIsDamaged_HasTheTimeThatWasSpentOnIt()
    {
        OciLayout layout = new(Roots.NewDirectory("layout"));
        layout.AddImage("latest", [[.. new LayerTar().File("a", new byte[300_000]).ToArray()[..^1024], .. Enumerable.Repeat((byte)'x', 1024)]]);

        _ = FastRun("exec", "--no-workspace", "--trace", Trace, layout.Reference, "--", "/missing").Run().Exits(125);

        Assert.Equal("Failed", Name(Assert.Single(Slices("layer", 2))));
        foreach (string stage in (string[])["download", "decompress", "unpack"])
        {
            Assert.InRange((double)Assert.Single(Slices(stage, 2))["args"]!["busyMilliseconds"]!, 0, 60_000);
        }
    }

    [Fact]
    public void Trace_OfAWrongRequest_IsWrittenToo()
    {
        _ = Exec(["--trace", Trace, "--memory", "1"], "true").Exits(125);

        Assert.Contains("memory", (string)Read()["otherData"]!["error"]!, StringComparison.Ordinal);
        Assert.Equal("failed", Name(Slices("run")[0]));
    }

    [Fact]
    public void Trace_OfADetachedRun_EndsWhenItRuns()
    {
        string id = Detached(["--trace", Trace], "sleep", "1000");

        Assert.Equal(64, id.Length);
        Assert.Equal(["create", "start"], Slices("run").Select(Name));
        _ = Run(["-d", "--trace", Trace], "/missing").Exits(127);
        Assert.Equal(["create", "failed"], Slices("run").Select(Name));
    }

    [Theory]
    [InlineData("/dev/null", "no regular file")]
    [InlineData("/no/such/directory/trace", "its directory does not exist")]
    public void Trace_ImpossibleFile_IsRefusedBeforeTheRun(string file, string why)
    {
        CommandResult result = Exec(["--trace", file], "echo", "ran");
        _ = result.FailsWith(125, "trace " + file, why);
        Assert.Equal("", result.Stdout);
        Assert.Equal("", Run(["-d", "--trace", file], "true").FailsWith(125, why).Stdout);
    }

    private static string Name(JsonObject each) => (string)each["name"]!;

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Trace))!;

    private JsonObject[] Events(string kind, int? group = null) =>
    [
        .. Read()["traceEvents"]!.AsArray().Select(each => each!.AsObject())
            .Where(each => (string)each["ph"]! == kind && (group is null || (int)each["pid"]! == group)),
    ];

    /// <summary>The slices of a row.</summary>
    private JsonObject[] Slices(string row, int group = 1)
    {
        int number = (int)Events("M", group).Single(each => Name(each) == "thread_name" && (string)each["args"]!["name"]! == row)["tid"]!;
        return [.. Events("X", group).Where(each => (int)each["tid"]! == number)];
    }
}
