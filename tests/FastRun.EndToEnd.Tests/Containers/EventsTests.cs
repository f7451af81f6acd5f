using System;
using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>What happens to containers and images, told in Docker's words.</summary>
public sealed class EventsTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Events_ALife_IsToldInOrder()
    {
        string id = Detached(["--name", "one", "--label", "tier=front"], "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done");
        FastRun("pause", "one").Run().Exits(0);
        FastRun("unpause", "one").Run().Exits(0);
        FastRun("stop", "-t", "60", "one").Run().Exits(0);
        FastRun("rm", "one").Run().Exits(0);

        JsonNode[] events = [.. Past("--filter", "container=one", "--format", "json").Select(line => JsonNode.Parse(line)!)];

        Assert.Equal(
            ["create", "start", "pause", "unpause", "kill", "die", "stop", "destroy"],
            events.Select(each => each["Action"]!.GetValue<string>()));
        Assert.All(events, each =>
        {
            Assert.Equal("container", each["Type"]!.GetValue<string>());
            Assert.Equal(id, each["id"]!.GetValue<string>());
            Assert.Equal(id, each["Actor"]!["ID"]!.GetValue<string>());
            Assert.Equal(Images.Busybox, each["from"]!.GetValue<string>());
            Assert.Equal("one", each["Actor"]!["Attributes"]!["name"]!.GetValue<string>());
            Assert.Equal("front", each["Actor"]!["Attributes"]!["tier"]!.GetValue<string>());
            Assert.Equal("local", each["scope"]!.GetValue<string>());
        });
        Assert.Equal("15", events[4]["Actor"]!["Attributes"]!["signal"]!.GetValue<string>());
        Assert.Equal("3", events[5]["Actor"]!["Attributes"]!["exitCode"]!.GetValue<string>());
    }

    [Fact]
    public void Events_ARunThatRemovesItself_IsTold()
    {
        Run(["--rm", "--name", "gone"], "sh", "-c", "exit 7").Exits(7);

        Assert.Equal(
            ["create <no value>", "attach <no value>", "start <no value>", "die 7", "destroy <no value>"],
            Past("--filter", "container=gone", "--format", "{{.Action}} {{.Actor.Attributes.exitCode}}"));
    }

    [Fact]
    public void Events_OfAProcessThatJoins_HaveTheNameThatTheContainerHasNow()
    {
        string id = Detached(["--name", "before"], "sleep", "1000");
        FastRun("rename", "before", "after").Run().Exits(0);
        FastRun("exec", "after", "true").Run().Exits(0);
        FastRun("restart", "-t", "0", "after").Run().Exits(0);
        FastRun("exec", id, "true").Run().Exits(0);

        Assert.Equal(["after", "after"], Past("--filter", "event=exec_die", "--format", "{{.Actor.Attributes.name}}"));
    }

    [Fact]
    public void Events_InPlainText_AreDockersLines()
    {
        string id = FastRun("create", "--name", "made", Images.Busybox).Run().Output;

        string line = Assert.Single(Past("--filter", "container=made"));
        Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{9}}(Z|[+-]\d\d:\d\d) container create {id} \(image=.+, name=made\)$", line);
    }

    [Fact]
    public void Events_Following_TellsWhatComesAndEndsInTime()
    {
        using Process follower = FastRun("events", "--filter", "event=create", "--format", "{{.Actor.Attributes.name}}").Start();

        // It has no way to say that it listens: containers are made until one is told.
        int number = 0;
        string? first = null;
        using var reading = System.Threading.Tasks.Task.Run(() => first = follower.StandardOutput.ReadLine());
        Assert.True(Processes.Eventually(() =>
        {
            FastRun("create", "--name", $"n{number++}", Images.Busybox).Run().Exits(0);
            return reading.IsCompleted;
        }));
        Assert.StartsWith("n", first, StringComparison.Ordinal);
        follower.Kill();
        Assert.True(follower.WaitForExit(TimeSpan.FromSeconds(60)));

        Assert.Equal(number, FastRun("events", "--since", "1h", "--until", "0s", "--filter", "event=create").Run().Exits(0).Lines.Length);
    }

    [Fact]
    public void Events_OneShotSandboxes_LeaveNone()
    {
        FastRun("exec", Images.Busybox, "--", "true").Run().Exits(0);

        Assert.Equal("", FastRun("events", "--since", "1h", "--until", "0s").Run().Exits(0).Output);
    }

    [Theory]
    [InlineData("--filter", "colour=red", "invalid filter 'colour'")]
    [InlineData("--since", "yesterday", "invalid value for time")]
    [InlineData("--format", "{{", "template")]
    public void Events_WrongFlags_AreRefused(string flag, string value, string message) =>
        Assert.Contains(message, FastRun("events", flag, value).Run().Exits(125).Stderr, StringComparison.Ordinal);

    private string[] Past(params string[] flags) => FastRun(["events", "--since", "1h", "--until", "0s", .. flags]).Run().Exits(0).Lines;
}
