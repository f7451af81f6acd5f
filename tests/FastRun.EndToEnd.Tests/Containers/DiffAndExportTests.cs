using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary><c>fastrun diff</c> and <c>fastrun export</c>.</summary>
public sealed class DiffAndExportTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Diff_AllKindsOfChanges_AreToldByPath()
    {
        _ = FastRun("create", "--name", "box", Images.Layered, "sh", "-c",
            "echo new > /case/new; rm /case/kept; echo more >> /case/replaced; chmod 700 /etc/passwd; rm -r /case/opaque; mkdir /case/opaque; echo 2 > /case/opaque/own; "
            + "rm /case/linked; mkdir /case/linked; mv /home/build /home/moved; rm -r /case/becomes-directory; echo f > /case/becomes-directory; touch /case/a; rm /case/a; chown 5:5 /srv 2>/dev/null; chmod 711 /root; ln -s x /case/ln; true").Run().Exits(0);
        Assert.Equal("", FastRun("diff", "box").Run().Exits(0).Stdout);
        _ = FastRun("start", "-a", "box").Run().Exits(0);
        Assert.Equal(
            [
                "C /case", "C /case/becomes-directory", "D /case/kept", "C /case/linked", "A /case/ln", "A /case/new", "C /case/opaque",
                "D /case/opaque/new", "A /case/opaque/own", "C /case/replaced", "C /etc", "C /etc/passwd", "C /home", "D /home/build", "A /home/moved", "C /root",
            ],
            FastRun("diff", "box").Run().Lines);
        Assert.Equal(FastRun("diff", "box").Run().Output, FastRun("container", "diff", "box").Run().Output);
        _ = FastRun("diff", "nobody").Run().FailsWith(1, "No such container: nobody");
    }

    [Fact]
    public void Diff_OfARunningContainer_WithVolumes()
    {
        _ = Detached(["--name", "box", "-v", "data:/data"], "sh", "-c", "echo x > /data/f; echo x > /tmp/f; exec sleep 100000");
        Assert.True(Processes.Eventually(() => FastRun("diff", "box").Run().Output == "A /data\nC /tmp\nA /tmp/f"), FastRun("diff", "box").Run().Output);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("running")]
    [InlineData("exited")]
    public void Export_IsTheContainersRoot(string state)
    {
        string work = Roots.NewDirectory("work");
        const string script = "echo new > /new; rm -r /case/opaque; ln -s target /link; ln /new /hard; mkfifo /pipe; chown 12:34 /new; chmod 4755 /new; mknod /disk b 8 0; echo up > /up";
        _ = FastRun("create", "--name", "box", "-v", "data:/data", Images.Layered, "sh", "-c", script + "; exec sleep 100000").Run().Exits(0);
        if (state != "created")
        {
            _ = FastRun("start", "box").Run().Exits(0);
            Assert.True(Processes.Eventually(() => FastRun("cp", "box:/up", "-").Run().ExitCode == 0));
            _ = FastRun("exec", "box", "sh", "-c", "echo secret > /data/secret").Run().Exits(0);
        }

        string expected = state == "created" ? "" : Tree("exec", "box", "sh", "-c", TreeScript);
        if (state == "exited")
        {
            _ = FastRun("kill", "box").Run().Exits(0);
            _ = FastRun("wait", "box").Run();
        }

        string tar = Path.Combine(work, "out.tar");
        _ = FastRun("export", "-o", tar, "box").Run().Exits(0);
        Assert.Equal("600", Command.Output("stat", "-c", "%a", tar));
        Command.Output("sh", "-c", $"{Repository.Binary} {string.Join(' ', Roots.Options)} export box > {tar}.2 && cmp {tar} {tar}.2");
        string root = Directory.CreateDirectory(Path.Combine(work, "root")).FullName;
        _ = Command.Output("tar", "-C", root, "--numeric-owner", "-xpf", tar);
        Assert.False(File.Exists(Path.Combine(root, "data", "secret")));
        string names = Command.Output("tar", "-tf", tar);
        Assert.Contains("case/without-parent", names, StringComparison.Ordinal);
        Assert.DoesNotContain("proc/self", names, StringComparison.Ordinal);
        if (state != "created")
        {
            Assert.Equal(expected, Command.Output("sh", "-c", $"cd {root}; {TreeScript}"));
            Assert.Equal("2", Command.Output("stat", "-c", "%h", Path.Combine(root, "new")));
        }

        // Others make an image of it.
        _ = Command.Output("umoci", "init", "--layout", Path.Combine(work, "layout"));
        _ = Command.Output("umoci", "new", "--image", Path.Combine(work, "layout") + ":x");
        _ = Command.Output("umoci", "raw", "add-layer", "--image", Path.Combine(work, "layout") + ":x", tar);
        string[] words = FastRun("run", "--rm", $"oci:{work}/layout:x", "cat", "/case/kept").Run().Lines;
        Assert.Equal(["1"], words);
    }

    [Fact]
    public void Export_Failures_LeaveTheFileAsItWas()
    {
        string work = Roots.NewDirectory("work");
        string tar = Path.Combine(work, "out.tar");
        _ = FastRun("create", "--name", "box", Images.Busybox, "true").Run().Exits(0);
        _ = FastRun("export", "-o", tar, "box").Run().Exits(0);
        File.WriteAllText(tar, "before");
        _ = FastRun("export", "-o", work + "/nope/x", "box").Run().FailsWith(1, $"invalid output path: directory \"{work}/nope\" does not exist");
        _ = FastRun("export", "-o", "/dev/null", "box").Run().FailsWith(1, "invalid output path");
        _ = FastRun("export", "-o", tar, "nobody").Run().FailsWith(1, "No such container: nobody");
        foreach (int at in (int[])[1, 3, 6, 10, 20])
        {
            _ = (FastRun("export", "-o", tar, "box") with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = at.ToString(CultureInfo.InvariantCulture) },
            }).Run().Exits(137);
            Assert.Equal([tar], Directory.EnumerateFileSystemEntries(work));
            Assert.Equal("before", File.ReadAllText(tar));
        }

        _ = FastRun("export", "-o", tar, "box").Run().Exits(0);
        Assert.Contains("bin/busybox", Command.Output("tar", "-tf", tar).Split('\n'));
        string small = Roots.NewDirectory("small");
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=64k", "none", small);
        CommandResult full = FastRun("export", "-o", small + "/out.tar", "box").Run();
        string[] left = [.. Directory.EnumerateFileSystemEntries(small)];
        _ = Command.Output("umount", small);
        _ = full.FailsWith(1, "no space left on device");
        Assert.Empty(left);
    }

    private const string TreeScript =
        "find . -path ./proc -prune -o -path ./sys -prune -o -path ./dev -prune -o -path ./data -prune -o -path ./etc -prune -o -print | LC_ALL=C sort | while read -r n; do stat -c '%n %A %u:%g %Y' \"$n\"; [ ! -f \"$n\" ] || [ -h \"$n\" ] || sha256sum < \"$n\"; done";

    private string Tree(params IReadOnlyList<string> words) => FastRun(words).Run().Lines.Aggregate("", static (all, line) => all.Length == 0 ? line : all + "\n" + line);
}
