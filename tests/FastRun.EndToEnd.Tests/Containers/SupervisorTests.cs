using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>The process that holds a container: where it is, what it costs, and what is done about its death.</summary>
public sealed class SupervisorTests(TestImages images) : ContainerTest(images)
{
    private const long MostPrivateKibibytes = 6 * 1024;

    [Fact]
    public void Supervisor_WhileItWaits_HoldsLittleMemory()
    {
        string id = Detached([], "sleep", "1000");
        string supervisor = StateOfId(id)["supervisor"]!["pid"]!.ToString();
        long found = 0;

        Assert.True(Processes.Eventually(() => (found = PrivateKibibytes(supervisor)) <= MostPrivateKibibytes), $"{found} KiB");
    }

    [Fact]
    public void Supervisor_OfACallerWhoseCgroupIsKilled_LivesOn()
    {
        string unified = Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
        string group = Directory.CreateDirectory($"{unified}/fastrun-test-{Guid.NewGuid():N}").FullName;
        try
        {
            string[] arguments = [.. RunCommand(["-d", "--name", "kept"], "sleep", "1000").Arguments];
            Command job = new(
                "/bin/sh", ["-c", "echo $$ > \"$0/cgroup.procs\" && \"$@\" && echo 1 > \"$0/cgroup.kill\"", group, FastRun().File, .. arguments]);
            Assert.Equal(137, job.Run().ExitCode);

            Assert.True(Processes.Eventually(() => File.ReadAllText(group + "/cgroup.procs").Length == 0));
            Assert.Equal("running", StateOf("kept"));
            string id = FastRun("ps", "-q", "--no-trunc").Run().Output;
            string supervisor = StateOfId(id)["supervisor"]!["pid"]!.ToString();
            Assert.EndsWith(
                "/fastrun/supervisors",
                File.ReadAllLines($"/proc/{supervisor}/cgroup").Single(line => line.StartsWith("0::", StringComparison.Ordinal)),
                StringComparison.Ordinal);
        }
        finally
        {
            File.WriteAllText(group + "/cgroup.kill", "1");
            Assert.True(Processes.Eventually(() => File.ReadAllText(group + "/cgroup.procs").Length == 0));
            Directory.Delete(group);
        }
    }

    [Fact]
    public void SystemStart_StartsWhatItsPolicyWantsToRun()
    {
        foreach ((string name, string policy) in new[] { ("always", "always"), ("unless", "unless-stopped"), ("failing", "on-failure"), ("plain", "no"), ("halted", "always"), ("by-hand", "unless-stopped") })
        {
            Detached(["--name", name, "--restart", policy], "sleep", "1000");
        }

        FastRun("create", "--name", "never", "--restart", "always", Images.Busybox, "true").Run().Exits(0);
        FastRun("stop", "halted", "by-hand").Run().Exits(0);
        foreach (string name in (string[])["always", "unless", "failing", "plain"])
        {
            string supervisor = StateOfId(IdOf(name))["supervisor"]!["pid"]!.ToString();
            Command.Run("kill", "-KILL", supervisor);
            Assert.True(Processes.Eventually(() => StateOf(name) == "exited"));
        }

        // As after a boot: nothing of theirs runs.
        string[] started = FastRun("system", "start").Run().Exits(0).Lines;

        Assert.Equal(["always", "halted", "unless"], started.Order(StringComparer.Ordinal));
        Assert.Equal("running", StateOf("always"));
        Assert.Equal("running", StateOf("unless"));
        Assert.Equal("running", StateOf("halted"));
        Assert.Equal("exited", StateOf("failing"));
        Assert.Equal("exited", StateOf("plain"));
        Assert.Equal("exited", StateOf("by-hand"));
        Assert.Equal("created", StateOf("never"));
        Assert.Equal("", FastRun("system", "start").Run().Exits(0).Output);
    }

    [Fact]
    public void SystemStart_OfOneThatCannotBeStarted_GoesOnAndSaysSo()
    {
        string bad = Roots.NewDirectory("bound");
        string id = Detached(["--name", "bad", "--restart", "always", "--mount", $"type=bind,src={bad},dst=/bound"], "sleep", "1000");
        Detached(["--name", "good", "--restart", "always"], "sleep", "1000");
        FastRun("stop", "bad", "good").Run().Exits(0);
        Directory.Delete(bad);

        CommandResult result = FastRun("system", "start").Run().Exits(1);

        Assert.Equal("good\n", result.Stdout);
        Assert.Contains("bad: ", result.Stderr, StringComparison.Ordinal);
        Assert.NotEqual("", id);
    }

    [Fact]
    public void Supervisor_ThatIsAskedToEnd_EndsTheContainerButIsNoStopByHand()
    {
        Detached(["--name", "asked", "--restart", "unless-stopped"], "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done");

        Command.Run("kill", "-TERM", StateOfId(IdOf("asked"))["supervisor"]!["pid"]!.ToString());

        Assert.True(Processes.Eventually(() => StateOf("asked") == "exited"));
        Assert.Equal(["asked"], FastRun("system", "start").Run().Exits(0).Lines);
    }

    [Fact]
    public void OutOfMemory_IsToldFromOtherKills()
    {
        Run(["--name", "greedy", "--memory", "16m"], "sh", "-c", "tail /dev/zero").Exits(137);
        Detached(["--name", "killed", "--memory", "16m"], "sleep", "1000");
        FastRun("kill", "killed").Run().Exits(0);

        Assert.True(StateOfId(IdOf("greedy"))["oomKilled"]!.GetValue<bool>());
        Assert.Null(StateOfId(IdOf("killed"))["oomKilled"]);
        Assert.Equal(
            ["oom greedy", "die greedy", "kill killed", "die killed"],
            FastRun(
                "events", "--since", "1h", "--until", "0s", "-f", "event=oom", "-f", "event=die", "-f", "event=kill",
                "--format", "{{.Action}} {{.Actor.Attributes.name}}").Run().Lines);
    }

    [Fact]
    public void Init_ReapsOrphans()
    {
        const string Orphans = "for i in 1 2 3 4 5; do (sh -c 'exit 0' &); done; while :; do ps -o stat,args | grep '^Z' | wc -l; sleep 0.05; done";
        string id = Detached(["--init"], "sh", "-c", Orphans);

        Assert.True(Processes.Eventually(() => FastRun("logs", "--tail", "1", id).Run().Output == "0"));
    }

    private string IdOf(string name) =>
        FastRun("ps", "-a", "--no-trunc", "--format", "{{.Names}} {{.ID}}").Run().Lines.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..];

    private JsonNode StateOfId(string id) => JsonNode.Parse(File.ReadAllText(Path.Combine(Roots.Data, "containers", id, "state.json")))!;

    private static long PrivateKibibytes(string pid) => File.ReadAllLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture));
}
