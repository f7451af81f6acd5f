using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Snapshots;

/// <summary><c>fastrun snapshot</c>, and sandboxes that begin with one.</summary>
public sealed class SnapshotTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Create_EveryForkBeginsWithWhatTheCommandWrote_AndKeepsItsOwn()
    {
        CommandResult made = Create("db", "echo state > /state; rm /bin/tee; echo out; echo err >&2").Exits(0);
        Assert.Equal(("out\n", "err\n"), (made.Stdout, made.Stderr));
        Assert.Equal("state", Fork("db", "cat /state; echo mine > /state; test ! -e /bin/tee && touch /mine").Output);
        Assert.Equal("state", Fork("snapshot:db", "cat /state; test ! -e /mine").Output);
        Assert.Equal("state", FastRun("run", "--rm", "db", "cat", "/state").Run().Output);
        Assert.Equal(3, Fork("db", "exit 3").ExitCode);

        string lines = Roots.NewFile("lines", "cat /state; echo 1 > /state\ncat /state; echo 2 > /state\n");
        Assert.Equal("state\nstate", FastRun("exec", "--no-workspace", "db", "--parallel", "2", "--each", lines).Run().Output);

        Assert.Equal("db", FastRun("snapshot", "ls", "-q").Run().Output);
        Assert.DoesNotContain(FastRun("images", "-aq", "--no-trunc").Run().Lines, FastRun("snapshot", "inspect", "-f", "{{.ImageId}}", "db").Run().Output.Equals);
    }

    [Fact]
    public void Create_OfACommandThatFails_KeepsNothing()
    {
        Create("base", "true").Exits(0);
        string before = Everything();
        CommandResult failed = Create("db", "echo x > /x; exit 7").Exits(7);
        Assert.Equal("fastrun: db: no snapshot was made: the command ended with exit code 7\n", failed.Stderr);
        _ = FastRun("snapshot", "create", "db", "--no-workspace", "--from", Images.Busybox, "--", "/no-such").Run().FailsWith(127, "no-such");
        _ = FastRun("snapshot", "create", "db", "--no-workspace", "--timeout", "100ms", "--from", Images.Busybox, "--", "sleep", "1000").Run().Exits(124);
        _ = FastRun("snapshot", "create", "db", "--no-workspace", "--from", "snapshot:none", "--", "true").Run().FailsWith(125, "none: no such snapshot");
        _ = FastRun("snapshot", "create", "db", "--no-workspace", "--", "true").Run().FailsWith(125, "--from IMAGE is missing");
        Assert.Equal("base", FastRun("snapshot", "ls", "-q").Run().Output);
        Assert.Equal(before, Everything());
        _ = Fork("db", "true", "--pull", "never").FailsWith(125, "no such image");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("UPPER")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[31m")]
    [InlineData("host")]
    [InlineData("oci:x")]
    [InlineData("registry.test/x")]
    [InlineData("localhost/x")]
    [InlineData("x@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("snapshot:snapshot:x")]
    [InlineData("_tags")]
    public void Name_ThatNoSnapshotCanHave_IsRefusedBeforeAnythingRuns(string name)
    {
        CommandResult refused = Create(name, "echo ran").Exits(125);
        Assert.Equal("", refused.Stdout);
        Assert.DoesNotContain(refused.Stderr.TrimEnd('\n'), char.IsControl);
        Assert.NotEqual(0, FastRun("snapshot", "rm", "--", name).Run().ExitCode);
        Assert.NotEqual(0, FastRun("snapshot", "inspect", "--", name).Run().ExitCode);
    }

    [Fact]
    public void Name_IsASnapshotsOrAnImages_NeverBoth()
    {
        _ = Create("app", "echo 1 > /one").Exits(0);
        _ = Create("team/app:v2", "echo 2 > /two").Exits(0);
        Assert.Equal("2", Fork("team/app:v2", "cat /two").Output);
        _ = Fork("team/app", "true", "--pull", "never").FailsWith(125, "no such image");
        _ = Fork("snapshot:team/app", "true").FailsWith(125, "no such snapshot");

        // None of these may change what the name means, or take the snapshot out of this machine.
        _ = FastRun("tag", "team/app:v2", "app").Run().FailsWith(1, "app:latest: a snapshot has this name");
        _ = FastRun("tag", "team/app:v2", "localhost/app").Run().FailsWith(1, "a snapshot has this name");
        _ = FastRun("pull", "app").Run().FailsWith(1, "a snapshot has this name");
        _ = FastRun("create", "--name", "box", Images.Busybox, "true").Run().Exits(0);
        _ = FastRun("commit", "box", "app").Run().FailsWith(1, "a snapshot has this name");
        _ = FastRun("push", "app").Run().FailsWith(1, "a snapshot belongs to this machine");
        _ = FastRun("push", "snapshot:app").Run().FailsWith(1, "not the name of a registry's image");
        _ = FastRun("rmi", "app").Run().FailsWith(1, "fastrun snapshot rm app");
        _ = FastRun("rmi", "-f", "snapshot:app").Run().FailsWith(1, "fastrun snapshot rm app");
        _ = FastRun("rmi", "-f", ImageOf("app")).Run().FailsWith(1, "fastrun snapshot rm app");
        Assert.Equal("1", Fork("app", "cat /one", "--pull", "always").Output);

        // What is tagged is an image as well: that is the way to push it.
        _ = FastRun("tag", "snapshot:app", "registry.test/app:1").Run().Exits(0);
        Assert.Equal("1", Fork("registry.test/app:1", "cat /one").Output);
        _ = Create("registry", "true").Exits(0);
        _ = FastRun("tag", Base(), "taken").Run().Exits(0);
        _ = Create("taken", "echo ran").FailsWith(125, "an image has this name");
        string archive = Path.Combine(Roots.Top, "app.tar");
        _ = FastRun("save", "-o", archive, "registry.test/app:1").Run().Exits(0);
        Assert.Equal("1", Fork("app", "cat /one").Output);
        Assert.Equal(ImageOf("app"), FastRun("image", "inspect", "-f", "{{.Id}}", "registry.test/app:1").Run().Output);
        _ = FastRun("rmi", "registry.test/app:1").Run().Exits(0);
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        Assert.Equal("1", Fork("app", "cat /one").Output);
        _ = FastRun("snapshot", "rm", "app").Run().Exits(0);
        _ = Fork("app", "true", "--pull", "never").FailsWith(125, "no such image");
        _ = FastRun("load", "-i", archive).Run().Exits(0);
        Assert.Equal("1", Fork("registry.test/app:1", "cat /one").Output);
        Assert.Equal("registry\nteam/app:v2", FastRun("snapshot", "ls", "-q").Run().Output);
    }

    [Fact]
    public void Force_Replaces_AndWhoRunsFromTheOldOneGoesOn()
    {
        _ = Create("db", "echo old > /state").Exits(0);
        _ = Create("db", "echo ran").FailsWith(125, "a snapshot has this name", "--force");
        using Process running = FastRun("exec", "--no-workspace", "-i", "db", "--", "sh", "-c", "echo up; read line; cat /state").Start();
        Assert.Equal("up", running.StandardOutput.ReadLine());

        _ = Create("db", "echo new > /state", "--force").Exits(0);
        Assert.Equal("new", Fork("db", "cat /state").Output);
        _ = FastRun("gc").Run().Exits(0);
        running.StandardInput.Write("go\n");
        running.StandardInput.Close();
        Assert.Equal("old", running.StandardOutput.ReadToEnd().TrimEnd('\n'));
        running.WaitForExit();

        // A failure replaces nothing.
        _ = Create("db", "exit 1", "--force").Exits(1);
        Assert.Equal("new", Fork("db", "cat /state").Output);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal(2, Layers().Length);
    }

    [Fact]
    public void Configuration_IsTheImagesWithTheChanges_AndNotTheFlagsOfTheCommand()
    {
        _ = FastRun(
            "snapshot", "create", "db", "--no-workspace", "--from", Images.Configured, "-e", "SECRET=1", "-u", "0", "-w", "/", "--label", "own=1", "--message", "why",
            "--change", "ENV EXTRA=two", "--change", "LABEL k=v", "--", "/bin/sh", "-c", "test $SECRET = 1").Run().Exits(0);
        JsonNode before = JsonNode.Parse(FastRun("image", "inspect", BaseOf(Images.Configured)).Run().Output)![0]!["Config"]!;
        JsonNode db = JsonNode.Parse(FastRun("snapshot", "inspect", "db").Run().Output)![0]!;
        Assert.Equal([.. before["Env"]!.AsArray().Select(static each => (string)each!), "EXTRA=two"], db["Env"]!.AsArray().Select(static each => (string)each!));
        Assert.Equal(((string?)before["User"], (string?)before["WorkingDir"]), ((string?)db["User"], (string?)db["WorkingDir"]));
        Assert.Equal(("1", "v", "why"), ((string?)db["Labels"]!["own"], (string?)db["Labels"]!["k"], (string?)db["Message"]));
        Assert.Equal(Images.Configured, (string?)db["From"]);
        Assert.Equal("""["/bin/sh","-c","test $SECRET = 1"]""", db["Command"]!.ToJsonString());
        _ = Create("other", "echo ran", "--change", "FROM x").FailsWith(125, "from is not a valid change command");

        Assert.Equal("db", FastRun("snapshot", "ls", "-q", "--filter", "label=own=1", "--filter", "name=^d").Run().Output);
        Assert.Equal("", FastRun("snapshot", "ls", "-q", "--filter", "label!=own").Run().Output);
        _ = FastRun("snapshot", "ls", "--filter", "x=y").Run().FailsWith(1, "invalid filter 'x'");
        Assert.Equal("db why", FastRun("snapshot", "ls", "--format", "{{.Name}} {{.Message}}").Run().Output);
        Assert.Equal("db", FastRun("inspect", "--type", "snapshot", "-f", "{{.Name}}", "db").Run().Output);
        Assert.StartsWith("SNAPSHOT", FastRun("snapshot", "ls").Run().Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rmi", "one", "two", "three")]
    [InlineData("three", "two", "one", "rmi")]
    [InlineData("two", "rmi", "three", "one")]
    public void Removal_InAnyOrder_TakesNothingThatIsNeeded(params string[] order)
    {
        string image = Base();
        _ = FastRun("snapshot", "create", "one", "--no-workspace", "--from", image, "--", "sh", "-c", "echo 1 > /1").Run().Exits(0);
        _ = FastRun("snapshot", "create", "two", "--no-workspace", "--from", "one", "--", "sh", "-c", "echo 2 > /2; rm /1").Run().Exits(0);
        _ = FastRun("snapshot", "create", "three", "--no-workspace", "--from", "two", "--", "sh", "-c", "echo 3 > /3").Run().Exits(0);
        Assert.Equal("one", FastRun("snapshot", "inspect", "-f", "{{.From}}", "two").Run().Output);
        Assert.Equal(ImageOf("one"), FastRun("snapshot", "inspect", "-f", "{{.Parent}}", "two").Run().Output);
        List<string> left = ["one", "two", "three"];
        foreach (string next in order)
        {
            _ = (next == "rmi" ? FastRun("rmi", "-f", image) : FastRun("snapshot", "rm", next)).Run().Exits(0);
            _ = left.Remove(next);
            _ = FastRun("image", "prune", "-f").Run().Exits(0);
            _ = FastRun("gc").Run().Exits(0);
            _ = FastRun("system", "check").Run().Exits(0);
            foreach (string snapshot in left)
            {
                Assert.Equal(
                    snapshot switch { "one" => "/1", "two" => "/2", _ => "/2\n/3" },
                    Fork(snapshot, "for f in /1 /2 /3; do test ! -e $f || echo $f; done").Output);
            }
        }

        Assert.Empty(Layers());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "content", "sha256")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "images", "_ids")));
    }

    [Fact]
    public void InUse_ByAContainer_IsNotRemoved()
    {
        _ = Create("db", "echo state > /state").Exits(0);
        _ = FastRun("create", "--name", "box", "db", "cat", "/state").Run().Exits(0);
        _ = FastRun("snapshot", "rm", "db").Run().FailsWith(1, "db: the snapshot is in use by container");
        using Process running = FastRun("exec", "--no-workspace", "-i", "db", "--", "sh", "-c", "echo up; read line").Start();
        Assert.Equal("up", running.StandardOutput.ReadLine());
        _ = FastRun("snapshot", "rm", "db").Run().FailsWith(1, "in use");
        Assert.Contains("Snapshots 1 1", FastRun("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Active}}").Run().Output, StringComparison.Ordinal);

        _ = FastRun("snapshot", "rm", "-f", "db").Run().Exits(0);
        Assert.Equal("", FastRun("snapshot", "ls", "-q").Run().Output);
        running.StandardInput.Close();
        running.WaitForExit();
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("state", FastRun("start", "-a", "box").Run().Output);
        _ = FastRun("rm", "box").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Single(Layers());
        Assert.DoesNotContain("Snapshots", FastRun("system", "df").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Host_IsWhatOthersBeginWith()
    {
        string mark = "/etc/fastrun-" + Guid.NewGuid().ToString("N");
        _ = FastRun("snapshot", "create", "ready", "--from", "host", "--", "sh", "-c", $"echo 1 > {mark}").Run().Exits(0);
        Assert.False(File.Exists(mark));
        Assert.Equal("1", Fork("ready", $"cat {mark}; test -e /usr/bin/env && test ! -e /etc/shadow").Output);
        _ = FastRun("snapshot", "create", "more", "--from", "ready", "--", "sh", "-c", $"echo 2 >> {mark}").Run().Exits(0);
        _ = FastRun("snapshot", "rm", "ready").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("1\n2", Fork("more", $"cat {mark}").Output);

        // It is not all there: nobody else could use it.
        _ = FastRun("tag", "more", "registry.test/more").Run().FailsWith(1, "this machine's own");
        _ = FastRun("save", "-o", Path.Combine(Roots.Top, "x.tar"), "more").Run().FailsWith(1, "this machine's own");
        _ = FastRun("run", "--name", "box", "more", "sh", "-c", $"rm {mark}").Run().Exits(0);
        Assert.Contains($"D {mark}", FastRun("diff", "box").Run().Output, StringComparison.Ordinal);
        _ = FastRun("commit", "box").Run().FailsWith(1, "cannot be committed");
        _ = FastRun("start", "box").Run().Exits(0);
    }

    [Fact]
    public void StorageLimit_TakesImagesAndLeavesSnapshots()
    {
        _ = Create("db", "echo state > /state; head -c 3000000 /dev/zero > /big").Exits(0);
        _ = FastRun("--storage-limit", "1m", "gc").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-q").Run().Output);
        Assert.Equal("state", Fork("db", "cat /state").Output);
        Assert.Equal(["Images 0 0B", "Snapshots 1"], FastRun("system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Size}}").Run().Lines
            .Where(static line => line.StartsWith("Images", StringComparison.Ordinal) || line.StartsWith("Snapshots", StringComparison.Ordinal))
            .Select(static line => line.StartsWith("Snapshots", StringComparison.Ordinal) ? line[..11] : line));
    }

    [Fact]
    public void Build_FromASnapshot_IsAnImageLikeOthers()
    {
        _ = Create("db", "echo state > /state").Exits(0);
        foreach (string from in (string[])["db", "snapshot:db"])
        {
            string context = Path.GetDirectoryName(Roots.NewFile($"{from.Replace(':', '-')}/Dockerfile", $"FROM {from}\nRUN echo built > /built\n"))!;
            _ = FastRun("build", "--pull", "-q", "-t", "registry.test/built", context).Run().Exits(0);
            Assert.Equal("state\nbuilt", Fork("registry.test/built", "cat /state /built").Output);
        }

        string missing = Path.GetDirectoryName(Roots.NewFile("missing/Dockerfile", "FROM snapshot:none\n"))!;
        CommandResult failed = FastRun("build", "-q", missing).Run();
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("none: no such snapshot", failed.Stderr, StringComparison.Ordinal);
        _ = FastRun("snapshot", "rm", "db").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("state\nbuilt", Fork("registry.test/built", "cat /state /built").Output);
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void Events_TellOfNames()
    {
        _ = Create("db", "true").Exits(0);
        _ = FastRun("snapshot", "rm", "db").Run().Exits(0);
        Assert.Equal(
            ["tag snapshot:db", "untag snapshot:db"],
            FastRun("events", "--since", "1h", "--until", "0s", "--filter", "type=image", "--format", "{{.Action}} {{.Actor.Attributes.name}}").Run().Lines);
    }

    [Fact]
    public void Interrupted_ByASignal_KeepsNothing()
    {
        using Process running = FastRun("snapshot", "create", "--no-workspace", "--from", Images.Busybox, "--", "db", "sh", "-c", "echo half > /state; echo up; exec sleep 100000").Start();
        Assert.Equal("up", running.StandardOutput.ReadLine());
        _ = Command.Run("kill", "-TERM", running.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        running.WaitForExit();
        Assert.Equal("", FastRun("snapshot", "ls", "-q").Run().Output);
        Assert.NotEqual(0, running.ExitCode);
    }

    private CommandResult Create(string name, string script, params string[] flags) =>
        FastRun(["snapshot", "create", "--no-workspace", "--from", Images.Busybox, .. flags, "--", name, "sh", "-c", script]).Run();

    private CommandResult Fork(string name, string script, params string[] flags) =>
        FastRun(["exec", "--no-workspace", .. flags, name, "--", "sh", "-c", script]).Run();

    private string ImageOf(string snapshot) => FastRun("snapshot", "inspect", "-f", "{{.ImageId}}", snapshot).Run().Output;

    private string Base() => BaseOf(Images.Busybox);

    /// <summary>An image's id, once it was loaded.</summary>
    private string BaseOf(string image)
    {
        _ = FastRun("exec", "--no-workspace", image, "--", "/bin/sh", "-c", "true").Run().Exits(0);
        return FastRun("image", "inspect", "-f", "{{.Id}}", "localhost/" + Path.GetFileName(image)).Run().Output;
    }

    private string[] Layers() =>
        [.. Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Where(static path => !path.EndsWith("_diffs", StringComparison.Ordinal))];

    /// <summary>All files of the state but for locks.</summary>
    private string Everything() => string.Join('\n', Directory.EnumerateFiles(Roots.Data, "*", SearchOption.AllDirectories)
        .Where(static path => !path.Contains("/layers/", StringComparison.Ordinal) || !path.Contains("/fs/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal));
}
