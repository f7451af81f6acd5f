using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Health checks: when they are run, and what is told of them.</summary>
public sealed class HealthTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Health_OfAContainerThatWorks_IsKnownLongBeforeTheInterval()
    {
        string id = Detached(["--name", "good", "--health-cmd", "echo fine; echo bad >&2", "--health-interval", "1h"], "sleep", "1000");

        Assert.True(Processes.Eventually(() => StatusOf("good").EndsWith(" (healthy)", StringComparison.Ordinal)), StatusOf("good"));
        JsonNode health = Health(id);
        Assert.Equal("healthy", health["status"]!.GetValue<string>());
        Assert.Equal("fine\nbad\n", health["log"]![0]!["output"]!.GetValue<string>());
        Assert.Equal(["good"], FastRun("ps", "--filter", "health=healthy", "--format", "{{.Names}}").Run().Lines);
        Assert.Equal(["health_status: healthy"], Events("good"));
        Assert.Equal(
            "healthy 0 fine\nbad\n CMD-SHELL 3600000000000",
            FastRun("inspect", "--format", "{{.State.Health.Status}} {{(index .State.Health.Log 0).ExitCode}} {{(index .State.Health.Log 0).Output}} {{index .Config.Healthcheck.Test 0}} {{.Config.Healthcheck.Interval}}", "good").Run().Output);
    }

    [Fact]
    public void Health_ThatComesAndGoes_IsFollowed()
    {
        string id = Detached(
            ["--name", "moody", "--health-cmd", "test -e /ok || { echo missing; exit 7; }", "--health-interval", "50ms", "--health-start-interval", "50ms", "--health-retries", "2"],
            "sleep", "1000");

        Assert.True(Processes.Eventually(() => StatusOf("moody").EndsWith(" (unhealthy)", StringComparison.Ordinal)), StatusOf("moody"));
        FastRun("exec", id, "touch", "/ok").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StatusOf("moody").EndsWith(" (healthy)", StringComparison.Ordinal)), StatusOf("moody"));
        FastRun("exec", id, "rm", "/ok").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StatusOf("moody").EndsWith(" (unhealthy)", StringComparison.Ordinal)), StatusOf("moody"));
        Assert.True(Processes.Eventually(() => Health(id)["log"]!.AsArray().Count == 5));

        JsonNode last = Health(id)["log"]![4]!;
        Assert.Equal((7, "missing\n"), (last["exitCode"]!.GetValue<int>(), last["output"]!.GetValue<string>()));
        Assert.Equal(["health_status: unhealthy", "health_status: healthy", "health_status: unhealthy"], Events("moody"));
        FastRun("stop", "-t", "0", "moody").Run().Exits(0);
        Assert.DoesNotContain("healthy", StatusOf("moody"), StringComparison.Ordinal);
    }

    [Fact]
    public void Health_WithinTheStartPeriod_IsStarting()
    {
        string id = Detached(["--name", "slow", "--health-cmd", "exit 1", "--health-interval", "10ms", "--health-start-interval", "10ms", "--health-start-period", "1h"], "sleep", "1000");

        Assert.True(Processes.Eventually(() => File.ReadAllText(StatePath(id)).Contains("\"log\"", StringComparison.Ordinal) && Health(id)["log"]!.AsArray().Count == 5));
        Assert.EndsWith(" (health: starting)", StatusOf("slow"), StringComparison.Ordinal);
        Assert.Null(Health(id)["failingStreak"]);
    }

    [Fact]
    public void Health_ProbeThatTakesTooLong_IsEndedWithAllItStarted()
    {
        string id = Detached(
            ["--name", "stuck", "--health-cmd", "echo waiting; sleep 7777", "--health-timeout", "200ms", "--health-interval", "1ms", "--health-retries", "1"], "sleep", "1000");

        Assert.True(Processes.Eventually(() => StatusOf("stuck").EndsWith(" (unhealthy)", StringComparison.Ordinal)), StatusOf("stuck"));
        JsonNode last = Health(id)["log"]!.AsArray()[^1]!;
        Assert.Equal(-1, last["exitCode"]!.GetValue<int>());
        Assert.StartsWith("Health check exceeded timeout (200ms)", last["output"]!.GetValue<string>(), StringComparison.Ordinal);

        // Those that were ended do not pile up: at most one probe is there at a time, and the one that is being ended.
        Assert.InRange(FastRun("exec", id, "ps", "-o", "args").Run().Lines.Count(line => line == "sleep 7777"), 0, 2);
    }

    [Fact]
    public void Health_MuchOutput_IsCut()
    {
        string id = Detached(["--health-cmd", "seq 1 100000", "--health-interval", "1h"], "sleep", "1000");

        Assert.True(Processes.Eventually(() => File.ReadAllText(StatePath(id)).Contains("\"status\":\"healthy\"", StringComparison.Ordinal)));
        Assert.Equal(4096 + "...".Length, Health(id)["log"]![0]!["output"]!.GetValue<string>().Length);
    }

    [Fact]
    public void Health_OfAContainerThatRemovesItself_IsChecked()
    {
        using System.Diagnostics.Process process = RunCommand(["--rm", "--name", "fleeting", "--health-cmd", "true"], "sleep", "1000").Start();

        Assert.True(Processes.Eventually(() => StatusOf("fleeting").EndsWith(" (healthy)", StringComparison.Ordinal)), StatusOf("fleeting"));
        FastRun("rm", "-f", "fleeting").Run().Exits(0);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Health_OfAnImage_IsCheckedInTheForeground()
    {
        string image = ImageWithProbe("test -e /ok && echo found");
        using System.Diagnostics.Process process = FastRun("run", "--rm", "--name", "brief", image, "sleep", "1000").Start();

        Assert.True(Processes.Eventually(() => StatusOf("brief").EndsWith(" (health: starting)", StringComparison.Ordinal)), StatusOf("brief"));
        FastRun("exec", "brief", "touch", "/ok").Run().Exits(0);
        Assert.True(Processes.Eventually(() => StatusOf("brief").EndsWith(" (healthy)", StringComparison.Ordinal)), StatusOf("brief"));
        Assert.Equal(
            "healthy CMD-SHELL found",
            FastRun("inspect", "--format", "{{.State.Health.Status}} {{index .Config.Healthcheck.Test 0}} {{range .State.Health.Log}}{{.Output}}{{end}}", "brief").Run().Output);
        Assert.Equal(["health_status: healthy"], Events("brief"));

        FastRun("kill", "brief").Run().Exits(0);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(137, process.ExitCode);
        Assert.Empty(Roots.Leftovers());
    }

    [Fact]
    public void Health_ProbeInTheForegroundThatNeverEnds_EndsWithItsContainer()
    {
        string image = ImageWithProbe("touch /started; sleep 7777");
        CommandResult result = FastRun("run", "--rm", image, "sh", "-c", "until [ -e /started ]; do usleep 10000; done; exit 5").Run();

        Assert.Equal((5, "", ""), (result.ExitCode, result.Stdout, result.Stderr));
        Assert.Empty(Roots.Leftovers());
    }

    [Fact]
    public void Health_NotWanted_IsNotChecked()
    {
        string image = ImageWithProbe("touch /probed");
        const string Probed = "usleep 500000; test ! -e /probed";
        FastRun("run", "--rm", "--no-healthcheck", image, "sh", "-c", Probed).Run().Exits(0);

        // No container of Docker's, though it has a name.
        FastRun("exec", "--no-workspace", "--name", "sandbox", image, "--", "sh", "-c", Probed).Run().Exits(0);
    }

    [Theory]
    [InlineData("--health-interval", "-1s", "--health-interval cannot be negative")]
    [InlineData("--health-interval", "1us", "Interval in Healthcheck cannot be less than 1ms")]
    [InlineData("--health-retries", "-1", "--health-retries cannot be negative")]
    public void Create_WrongFlags_AreRefused(string flag, string value, string message) =>
        FastRun("create", flag, value, "--health-cmd", "true", Images.Busybox).Run().FailsWith(125, message);

    [Fact]
    public void Create_NoneBesideAProbe_IsRefused() =>
        FastRun("create", "--no-healthcheck", "--health-cmd", "true", Images.Busybox).Run().FailsWith(125, "--no-healthcheck conflicts with --health-* options");

    private string ImageWithProbe(string command)
    {
        OciLayout layout = new(Roots.NewDirectory("probed"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray()], config: new JsonObject
        {
            ["Healthcheck"] = new JsonObject
            {
                ["Test"] = new JsonArray("CMD-SHELL", command),
                ["Interval"] = 3600_000_000_000,
                ["StartInterval"] = 20_000_000,
            },
        });
        return layout.Reference;
    }

    private string StatePath(string id) => Path.Combine(Roots.Data, "containers", id, "state.json");

    private JsonNode Health(string id) => JsonNode.Parse(File.ReadAllText(StatePath(id)))!["health"]!;

    private string StatusOf(string name) => FastRun("ps", "-a", "--filter", "name=" + name, "--format", "{{.Status}}").Run().Output;

    private string[] Events(string name) =>
        FastRun("events", "--since", "1h", "--until", "0s", "-f", "container=" + name, "-f", "event=health_status", "--format", "{{.Action}}").Run().Lines;
}
