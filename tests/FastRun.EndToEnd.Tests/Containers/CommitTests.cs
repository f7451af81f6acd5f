using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary><c>fastrun commit</c>.</summary>
public sealed class CommitTests(TestImages images) : ContainerTest(images)
{
    private const int SigKill = 137;
    private const string Listing = "cd / && find . -xdev \\( -path ./proc -o -path ./sys -o -path ./dev -o -path ./etc/hosts -o -path ./etc/hostname -o -path ./etc/resolv.conf \\) -prune -o -print0 | sort -z | xargs -0 stat -c '%n %F %a %u:%g %s %h' | sed 's/ directory \\([0-9:]* [0-9:]*\\) .*/ directory \\1/' | grep -v '^\\. '";

    private const string Changes =
        "echo new > /case/new; rm /case/kept; echo more >> /case/replaced; chmod 700 /etc/passwd; rm -r /case/opaque; mkdir /case/opaque; echo 2 > /case/opaque/own; "
        + "rm /case/linked; mkdir /case/linked; ln -s nowhere /case/ln; ln /case/new /case/hard; mkfifo /case/pipe; chown 12:34 /case/new; chmod 4755 /case/new; mknod /case/disk b 8 0; mkdir /case/deep; touch /case/deep/empty; chmod 1777 /case/deep";

    [Theory]
    [InlineData("exited")]
    [InlineData("running")]
    [InlineData("paused")]
    public void Commit_TheImageIsTheContainersTree(string state)
    {
        _ = FastRun("run", "-d", "--name", "box", Images.Layered, "sh", "-c", Changes + "; echo up > /up; exec sleep 100000").Run().Exits(0);
        Assert.True(Processes.Eventually(() => FastRun("exec", "box", "cat", "/up").Run().Stdout == "up\n"));
        string expected = FastRun("exec", "box", "sh", "-c", Listing).Run().Output;
        string diff = FastRun("diff", "box").Run().Output;
        if (state != "running")
        {
            _ = FastRun(state == "exited" ? ["kill", "box"] : ["pause", "box"]).Run().Exits(0);
        }

        string id = FastRun("commit", "box", "made:1").Run().Output;
        Assert.StartsWith("sha256:", id, StringComparison.Ordinal);
        Assert.Equal(state, StateOf("box"));
        Assert.Equal(diff, FastRun("diff", "box").Run().Output);
        Assert.Equal(id, FastRun("image", "inspect", "-f", "{{.Id}}", "made:1").Run().Output);
        Assert.Equal(expected, FastRun("exec", "--no-workspace", "made:1", "--", "sh", "-c", Listing).Run().Output);
        _ = FastRun("system", "check").Run().Exits(0);

        // Another engine reads the same tree from what is saved.
        string archive = Path.Combine(Roots.Top, "made.tar");
        _ = FastRun("save", "-o", archive, "made:1").Run().Exits(0);
        _ = FastRun("rm", "-f", "box").Run().Exits(0);
        _ = FastRun("rmi", "made:1").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Contains("Loaded image: made:1", FastRun("load", "-i", archive).Run().Output, StringComparison.Ordinal);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "made").Run().Output);
        Assert.Equal(expected, FastRun("exec", "--no-workspace", "made:1", "--", "sh", "-c", Listing).Run().Output);
    }

    [Fact]
    public void Commit_OfAStoppedContainer_ItGoesOnWithWhatItHad()
    {
        _ = FastRun("run", "--name", "box", Images.Layered, "sh", "-c", "echo 1 > /one; rm /case/kept").Run().Exits(0);
        string first = FastRun("commit", "-m", "first", "box", "made").Run().Output;
        string upper = Path.Combine(Directory.GetDirectories(Path.Combine(Roots.Data, "containers")).Single(), "upper");
        Assert.Empty(Directory.EnumerateFileSystemEntries(upper));
        Assert.Equal("C /case\nD /case/kept\nA /one", FastRun("diff", "box").Run().Output);

        // Unchanged since: the same layer again, and no other.
        string again = FastRun("commit", "box").Run().Output;
        Assert.Equal(Layers(first), Layers(again));
        _ = FastRun("cp", Roots.NewFile("two", "2\n"), "box:/two").Run().Exits(0);
        string second = FastRun("commit", "-c", "CMD cat /one /two", "box", "made").Run().Output;
        Assert.Equal(Layers(first), Layers(second)[..^1]);
        Assert.Equal("1\n2", FastRun("run", "--rm", "made").Run().Output);
        Assert.Equal("C /case\nD /case/kept\nA /one\nA /two", FastRun("diff", "box").Run().Output);
        string tar = Command.Output("sh", "-c", $"'{Repository.Binary}' {string.Join(' ', Roots.Options)} export box | tar -t | grep -E '^(one|two|case/kept)$' | sort");
        Assert.Equal("one\ntwo", tar);

        // What it wrote is its own, whatever becomes of the images.
        _ = FastRun("rmi", "-f", "made", first, again, second).Run();
        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("system", "check").Run().Exits(0);
        _ = FastRun("start", "box").Run().Exits(0);
        _ = FastRun("wait", "box").Run();
        Assert.Contains("A /two", FastRun("diff", "box").Run().Output, StringComparison.Ordinal);
        _ = FastRun("rm", "box").Run().Exits(0);
        _ = FastRun("rmi", "-f", FastRun("images", "-q").Run().Lines[0]).Run();
        _ = FastRun("gc").Run().Exits(0);
        Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(Roots.Data, "layers")), path => File.Exists(Path.Combine(path, "fs", "two")));
    }

    [Fact]
    public void Commit_HowItRuns_IsTheContainersWayWithTheChanges()
    {
        _ = FastRun(
            "create", "--name", "box", "-e", "A=1", "-e", "B=2", "-l", "own=1", "-w", "/srv", "-u", "5", "--expose", "81", Images.Configured, "echo", "own").Run().Exits(0);
        string[] changes =
        [
            "ENV B=\"two words\" C=${A}x", "label k=v", "EXPOSE 90/udp", "WORKDIR sub", "VOLUME [\"/v\"]", "USER 7", "STOPSIGNAL SIGUSR1",
            "ONBUILD RUN true", "ENTRYPOINT [\"/bin/sh\", \"-c\"]", "CMD echo hi", "HEALTHCHECK --interval=5s CMD true",
        ];
        string id = FastRun(["commit", "-a", "Me <me@x>", "-m", "why", .. changes.SelectMany(change => new[] { "-c", change }), "box", "made:2"]).Run().Output;
        JsonNode image = JsonNode.Parse(FastRun("image", "inspect", id).Run().Output)![0]!;
        JsonNode config = image["Config"]!;
        Assert.Equal("Me <me@x>", (string?)image["Author"]);
        Assert.Equal("why", (string?)image["Comment"]);
        List<string?> env = [.. config["Env"]!.AsArray().Select(node => (string?)node)];
        Assert.Contains("A=1", env);
        Assert.Contains("B=two words", env);
        Assert.Contains("C=1x", env);
        Assert.Equal("v", (string?)config["Labels"]!["k"]);
        Assert.Equal("1", (string?)config["Labels"]!["own"]);
        Assert.NotNull(config["ExposedPorts"]!["81/tcp"]);
        Assert.NotNull(config["ExposedPorts"]!["90/udp"]);
        Assert.Equal("/srv/sub", (string?)config["WorkingDir"]);
        Assert.NotNull(config["Volumes"]!["/v"]);
        Assert.Equal("7", (string?)config["User"]);
        Assert.Equal("SIGUSR1", (string?)config["StopSignal"]);
        Assert.Equal("RUN true", (string?)config["OnBuild"]![0]);
        Assert.Equal("""["/bin/sh","-c"]""", config["Entrypoint"]!.ToJsonString());
        Assert.Equal("echo hi", (string?)config["Cmd"]!.AsArray()[^1]);
        Assert.Equal("""["CMD-SHELL","true"]""", config["Healthcheck"]!["Test"]!.ToJsonString());
        Assert.Equal("why", FastRun("history", "--format", "{{.Comment}}", id).Run().Lines[0]);

        _ = FastRun("commit", "-c", "FROM x", "box").Run().FailsWith(1, "from is not a valid change command");
        _ = FastRun("commit", "-c", "ENV", "box").Run().FailsWith(1, "ENV requires at least one argument");
        _ = FastRun("commit", "nobody").Run().FailsWith(1, "No such container: nobody");
        _ = FastRun("commit", "box", "UPPER").Run().FailsWith(1, "must be lowercase");
        _ = FastRun("commit", "box", "made@sha256:" + new string('a', 64)).Run().FailsWith(1, "digest");
        _ = FastRun("create", "--name", "own", "host", "true").Run().Exits(0);
        _ = FastRun("commit", "own").Run().FailsWith(1, "cannot be committed");
    }

    [Fact]
    public void Commit_ThatCannotBecomeAnImage_LeavesTheNameAndTheContainerAsTheyWere()
    {
        _ = FastRun("run", "--name", "before", Images.Busybox, "true").Run().Exits(0);
        string before = FastRun("commit", "before", "made").Run().Output;
        _ = FastRun("run", "--name", "box", Images.Busybox, "sh", "-c", "echo x > /file; echo y > /.wh.file").Run().Exits(0);
        _ = FastRun("commit", "box", "made").Run().FailsWith(1, ".wh.file", "mean deletions");
        Assert.Equal(before, FastRun("image", "inspect", "-f", "{{.Id}}", "made").Run().Output);
        Assert.Equal("A /.wh.file\nA /file", FastRun("diff", "box").Run().Output);
        _ = FastRun("start", "-a", "box").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Theory]
    [InlineData("exited")]
    [InlineData("running")]
    public void Commit_KilledBeforeAnyChangeOfTheDisk_TheContainerHasWhatItWrote(string state)
    {
        _ = FastRun("run", "-d", "--name", "box", Images.Busybox, "sh", "-c", "[ -f /file ] || echo kept > /file; exec sleep 100000").Run().Exits(0);
        Assert.True(Processes.Eventually(() => FastRun("exec", "box", "cat", "/file").Run().Stdout == "kept\n"));
        if (state == "exited")
        {
            _ = FastRun("kill", "box").Run().Exits(0);
            _ = FastRun("wait", "box").Run();
        }

        int points = 0;
        while (true)
        {
            Command commit = FastRun("commit", "box", "made") with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = (points + 1).ToString(CultureInfo.InvariantCulture) },
            };
            CommandResult killed = commit.Run();
            if (state == "running")
            {
                // Wherever it was killed: what it had stopped goes on, without anybody's help.
                Assert.True(Processes.Eventually(() => StateOf("box") == "running"), $"killed at {points + 1}, it stands still");
            }

            Assert.Equal("A /file", FastRun("diff", "box").Run().Output);
            if (FastRun("images", "-q", "made").Run().Output.Length > 0)
            {
                // Under its name it is an image, whether it has got its id or not.
                Assert.Equal("kept", FastRun("exec", "--no-workspace", "made", "--", "cat", "/file").Run().Output);
                _ = FastRun("rmi", "made").Run().Exits(0);
            }

            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                break;
            }

            points++;
            _ = FastRun("gc").Run().Exits(0);
            Assert.DoesNotContain("made", FastRun("images").Run().Output, StringComparison.Ordinal);
            _ = FastRun("system", "check").Run().Exits(0);
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
            if (state == "exited")
            {
                // It can be started, and has its file.
                _ = FastRun("start", "box").Run().Exits(0);
                Assert.Equal("kept", FastRun("exec", "box", "cat", "/file").Run().Output);
                _ = FastRun("kill", "box").Run().Exits(0);
                _ = FastRun("wait", "box").Run();
            }
        }

        Assert.True(points >= 10, $"only {points} points");
    }

    [Fact]
    public async Task Commit_AndItsContainersImageRemoved_AtOnce_NothingInUseGoesAndNothingElseStays()
    {
        _ = FastRun("run", "--name", "box", Images.Busybox, "sh", "-c", "echo kept > /file").Run().Exits(0);
        _ = FastRun("commit", "box", "made:0").Run().Exits(0);
        string[] loops =
        [
            "commit box made:$i", "rmi -f made:$((i - 1))", "image prune -af", "exec --no-workspace made:0 -- cat /file", "gc",
        ];
        List<Command> commands = [.. loops.Select(line => new Command(
            "sh", "-c", $"for i in 1 2 3 4; do '{Repository.Binary}' {string.Join(' ', Roots.Options)} {line}; done 2>&1; true"))];
        await Task.WhenAll(commands.Select(command => Task.Run(command.Run)));
        Assert.Equal("A /file", FastRun("diff", "box").Run().Output);
        _ = FastRun("system", "check").Run().Exits(0);
        string id = FastRun("commit", "box", "last").Run().Output;
        Assert.Equal("kept", FastRun("exec", "--no-workspace", id, "--", "cat", "/file").Run().Output);
        _ = FastRun("rm", "box").Run().Exits(0);
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-aq").Run().Output);
        Assert.Equal(["_diffs"], Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Select(path => Path.GetFileName(path)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "content", "sha256")));
    }

    private string[] Layers(string image) =>
        [.. JsonNode.Parse(FastRun("image", "inspect", image).Run().Output)![0]!["RootFS"]!["Layers"]!.AsArray().Select(node => (string)node!)];
}
