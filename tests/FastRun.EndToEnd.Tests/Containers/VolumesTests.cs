using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary><c>volume create|ls|inspect|rm|prune</c>, and what containers do with volumes.</summary>
public sealed class VolumesTests(TestImages images) : ContainerTest(images)
{
    private string VolumesDirectory => Path.Combine(Roots.Data, "volumes");

    [Fact]
    public void Create_Named_IsListedInspectedAndRemoved()
    {
        Assert.Equal("cache", Volume("create", "--label", "owner=ci", "cache").Output);
        Assert.Equal("cache", Volume("create", "cache").Output);
        Assert.Equal(["DRIVER    VOLUME NAME", "local     cache"], Volume("ls").Lines);
        Assert.Equal("owner=ci|local|N/A", Volume("ls", "--format", "{{.Labels}}|{{.Scope}}|{{.Size}}").Output);
        JsonNode volume = JsonNode.Parse(Volume("inspect", "cache").Output)![0]!;
        Assert.Equal(
            ["CreatedAt", "Driver", "Labels", "Mountpoint", "Name", "Options", "Scope"], volume.AsObject().Select(property => property.Key));
        Assert.Equal(Path.Combine(VolumesDirectory, "cache", "_data"), (string?)volume["Mountpoint"]);
        Assert.Equal("ci", (string?)volume["Labels"]!["owner"]);
        Assert.Null(volume["Options"]);
        Assert.Equal("cache", Volume("rm", "cache").Output);
        Assert.Equal("", Volume("ls", "-q").Output);
    }

    [Fact]
    public void Create_WithoutName_IsAnonymous()
    {
        string name = Volume("create").Output;
        Assert.Matches("^[0-9a-f]{64}$", name);
        Assert.Equal("map[com.docker.volume.anonymous:]", Volume("inspect", "-f", "{{.Labels}}", name).Output);
    }

    [Fact]
    public void Failures_HaveDockersWords()
    {
        _ = Volume("rm", "nope").FailsWith(1, "get nope: no such volume");
        _ = Volume("rm", "../x").FailsWith(1, "get ../x: no such volume");
        Assert.Equal("nope", Volume("rm", "-f", "nope").Output);
        _ = Volume("create", "a/b").FailsWith(1, "includes invalid characters for a local volume name");
        _ = Volume("create", "-d", "nfs", "vol").FailsWith(1, "plugin \"nfs\" not found");
        _ = Volume("create", "-o", "bad=1", "vol").FailsWith(1, "create vol: invalid option: \"bad\"");
        Assert.Contains("invalid filter 'nope'", Volume("ls", "-f", "nope=1").Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Contains("invalid filter 'dangling=[maybe]'", Volume("ls", "-f", "dangling=maybe").Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Equal("[]", Volume("inspect", "nope").Exits(1).Stdout.Trim());
        _ = Volume("prune", "-a", "--filter", "all=1").FailsWith(1, "cannot specify both --all and --filter all=1");
    }

    [Fact]
    public void Remove_VolumeOfAStoppedContainer_IsRefused()
    {
        _ = FastRun("create", "--name", "user", "-v", "data:/data", Images.Busybox, "true").Run().Exits(0);
        string id = FastRun("ps", "-aq", "--no-trunc").Run().Output;
        Assert.Equal("data", Volume("ls", "-q").Output);
        _ = Volume("rm", "data").FailsWith(1, $"remove data: volume is in use - [{id}]");
        Assert.Equal("", Volume("ls", "-q", "-f", "dangling=true").Output);
        _ = FastRun("rm", "user").Run().Exits(0);
        Assert.Equal("data", Volume("ls", "-q", "-f", "dangling=true").Output);
        _ = Volume("rm", "data").Exits(0);
    }

    [Fact]
    public void Remove_VolumeOfASandbox_IsRefusedWhileItRuns()
    {
        using System.Diagnostics.Process sandbox = ExecCommand(["-i", "-v", "data:/data"], "sh", "-c", "echo ready; cat").Start();
        Assert.Equal("ready", sandbox.StandardOutput.ReadLine());
        _ = Volume("rm", "data").FailsWith(1, "remove data: volume is in use");
        Assert.Equal("", Volume("ls", "-q", "-f", "dangling=true").Output);
        Assert.Equal("data", Volume("ls", "-q", "-f", "dangling=false").Output);
        sandbox.StandardInput.Close();
        sandbox.WaitForExit();
        _ = Volume("rm", "data").Exits(0);
    }

    [Fact]
    public void Prune_RemovesAnonymousOnesOnly_UnlessAll()
    {
        string loose = Volume("create").Output;
        _ = Volume("create", "named");
        _ = Volume("create", "--label", "keep=1", "kept");
        _ = FastRun("create", "--name", "user", "-v", "/anonymous", "-v", "used:/used", Images.Busybox, "true").Run().Exits(0);
        Assert.Equal(5, Volume("ls", "-q").Lines.Length);

        CommandResult no = (FastRun("volume", "prune") with { Stdin = "n\n" }).Run();
        Assert.Equal("", no.Exits(0).Stderr);
        Assert.Equal(
            "WARNING! This will remove anonymous local volumes not used by at least one container.\nAre you sure you want to continue? [y/N] ", no.Stdout);
        string[] lines = (FastRun("volume", "prune") with { Stdin = "y\n" }).Run().Lines;
        Assert.Equal(["Are you sure you want to continue? [y/N] Deleted Volumes:", loose, "", "Total reclaimed space: 0B"], lines[1..]);
        Assert.Equal("Total reclaimed space: 0B", Volume("prune", "-f").Output);
        File.WriteAllText(Path.Combine(VolumesDirectory, "named", "_data", "f"), new string('x', 5000));
        Assert.Equal(
            ["Deleted Volumes:", "named", "", "Total reclaimed space: 5kB"], Volume("prune", "-af", "--filter", "label!=keep").Lines);
        Assert.Equal(["Deleted Volumes:", "kept"], Volume("prune", "-f", "--filter", "all=true", "--filter", "label=keep=1").Lines[..2]);
        Assert.Equal(2, Volume("ls", "-q").Lines.Length);
    }

    [Fact]
    public void Anonymous_OfAContainer_GoesWithRmV_AndStaysWithout()
    {
        _ = Detached(["--name", "one", "-v", "/data"], "sh", "-c", "echo written > /data/f");
        _ = FastRun("wait", "one").Run().Exits(0);
        string name = Volume("ls", "-q", "-f", "label=com.docker.volume.anonymous").Output;
        Assert.Equal("written\n", File.ReadAllText(Path.Combine(VolumesDirectory, name, "_data", "f")));
        _ = FastRun("rm", "one").Run().Exits(0);
        Assert.Equal(name, Volume("ls", "-q").Output);
        _ = Volume("rm", name).Exits(0);

        _ = FastRun("create", "--name", "two", "-v", "/data", "-v", "named:/named", Images.Busybox, "true").Run().Exits(0);
        _ = FastRun("rm", "-v", "two").Run().Exits(0);
        Assert.Equal("named", Volume("ls", "-q").Output);
        _ = Run(["--rm", "-d", "-v", "/data"], "true").Exits(0);
        Assert.True(Processes.Eventually(() => Volume("ls", "-q").Output == "named"));
    }

    [Fact]
    public void CopyUp_FillsAnEmptyVolumeOnce_AndNotWithNocopy()
    {
        string[] Cat(string mount) => FastRun("run", "--rm", "--entrypoint", "", "--mount", mount, Images.Configured, "ls", "/data").Run().Lines;
        Assert.Equal(["seed"], Cat("source=fresh,target=/data"));
        Assert.Equal([""], Cat("source=plain,target=/data,volume-nocopy"));
        _ = Volume("create", "filled");
        File.WriteAllText(Path.Combine(VolumesDirectory, "filled", "_data", "mine"), "mine");
        Assert.Equal(["mine"], Cat("source=filled,target=/data"));
        File.Delete(Path.Combine(VolumesDirectory, "fresh", "_data", "seed"));
        File.WriteAllText(Path.Combine(VolumesDirectory, "fresh", "_data", "other"), "");
        Assert.Equal(["other"], Cat("source=fresh,target=/data"));
    }

    [Fact]
    public void Events_TellOfVolumes()
    {
        _ = Detached(["--name", "box", "-v", "data:/data:ro"], "true");
        _ = FastRun("wait", "box").Run();
        _ = FastRun("rm", "-f", "box").Run().Exits(0);
        _ = Volume("rm", "data").Exits(0);
        _ = Volume("prune", "-f").Exits(0);
        string[] lines = FastRun(
            "events", "--since", "0", "--until", "0s", "--filter", "type=volume", "--format", "{{.Action}} {{.Actor.ID}}").Run().Lines;
        Assert.Equal(["create data", "mount data", "unmount data", "destroy data", "prune"], lines.Select(line => line.Trim()));
    }

    [Fact]
    public void CopyUp_KilledAnywhere_IsCompletedOrBegunAnewByTheNext()
    {
        OciLayout layout = new(Roots.NewDirectory("seeds"));
        LayerTar seeds = new LayerTar().Directory("data", mode: 0x1E8, uid: 12, gid: 34).Directory("data/sub");
        for (int i = 0; i < 5; i++)
        {
            seeds = seeds.File($"data/{i}", new string('x', 1000 * i)).File($"data/sub/{i}", "y", uid: 7);
        }

        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), seeds.ToArray()]);
        const string list = "cd /data; find . -type f | sort | xargs stat -c '%n %s %u'; stat -c '%a %u:%g' .";
        string[] words = ["exec", "--no-workspace", "-v", "filled:/data", layout.Reference, "--", "sh", "-c", list];
        string whole = FastRun(words).Run().Output;
        Assert.Contains("./sub/4 1 7", whole, StringComparison.Ordinal);
        _ = Volume("rm", "filled").Exits(0);
        CommandResult result;
        int at = 0;
        do
        {
            at += 3;
            result = (FastRun(words) with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = at.ToString(CultureInfo.InvariantCulture) },
            }).Run();
            Assert.True(result.ExitCode is 0 or 137, result.ToString());
            Assert.Equal(whole, FastRun(words).Run().Output);
            _ = Volume("rm", "filled").Exits(0);
        }
        while (result.ExitCode == 137 && at < 300);
        Assert.Equal(0, result.ExitCode);
        _ = FastRun("gc").Run().Exits(0);
    }

    [Fact]
    public void VolumesFrom_SharesVolumesAndBinds_ButNotTmpfs()
    {
        string host = Roots.NewDirectory("host");
        File.WriteAllText(Path.Combine(host, "f"), "bound");
        _ = FastRun(
            "create", "--name", "source", "-v", "named:/named", "-v", "/anonymous", "-v", host + ":/bound:ro", "--tmpfs", "/memory",
            Images.Busybox, "true").Run().Exits(0);
        _ = Run(["--rm", "--volumes-from", "source"], "sh", "-c", "echo n > /named/f; echo a > /anonymous/f").Exits(0);
        Assert.Equal(
            ["n", "a", "bound", "0"],
            Run(["--rm", "--volumes-from", "source"], "sh", "-c", "cat /named/f /anonymous/f /bound/f; echo; grep -c ' /memory ' /proc/self/mountinfo; true").Lines);
        _ = Run(["--rm", "--volumes-from", "source"], "touch", "/bound/new").Exits(1);
        _ = Run(["--rm", "--volumes-from", "source:ro"], "touch", "/named/new").Exits(1);
        Assert.Equal("n", Exec(["--volumes-from", "source:ro", "-v", "other:/anonymous"], "cat", "/named/f", "/anonymous/f").Stdout.Trim());
        _ = Run(["--rm", "--volumes-from", "nobody"], "true").FailsWith(125, "No such container: nobody");
        _ = Run(["--rm", "--volumes-from", "source:nope"], "true").FailsWith(125, "invalid mode: nope");

        // The anonymous volume has two users now, and stays until both are gone.
        _ = FastRun("create", "--name", "second", "--volumes-from", "source", Images.Busybox, "true").Run().Exits(0);
        _ = FastRun("rm", "-v", "source").Run().Exits(0);
        Assert.Contains(Volume("ls", "-q", "-f", "label=com.docker.volume.anonymous").Output, Volume("ls", "-q", "-f", "dangling=false").Lines);
        _ = FastRun("rm", "-v", "second").Run().Exits(0);
        Assert.Equal("", Volume("ls", "-q", "-f", "label=com.docker.volume.anonymous").Output);
    }

    [Fact]
    public void Subpath_IsADirectoryInTheVolume_AndLeadsNowhereElse()
    {
        _ = Run(["--rm", "-v", "data:/data"], "sh", "-c", "mkdir -p /data/a/b; echo deep > /data/a/b/f; ln -s /etc /data/etc; ln -s ../../../.. /data/up").Exits(0);
        Assert.Equal("deep", Run(["--rm", "--mount", "source=data,target=/m,volume-subpath=a/b"], "cat", "/m/f").Output);
        _ = Run(["--rm", "--mount", "source=data,target=/m,volume-subpath=missing"], "true").FailsWith(125, "subpath missing");
        _ = Run(["--rm", "--mount", "source=data,target=/m,volume-subpath=etc"], "true").FailsWith(125, "subpath etc");
        Assert.Equal("a etc up", Run(["--rm", "--mount", "source=data,target=/m,volume-subpath=up"], "ls", "/m").Output.Replace('\n', ' '));
        _ = Run(["--rm", "--mount", "source=data,target=/m,volume-subpath=../x"], "true").FailsWith(125, "subpath must be a relative path within the volume");
    }

    [Fact]
    public void Subpath_EmptyDirectory_IsFilledFromTheImage()
    {
        _ = Run(["--rm", "-v", "data:/data"], "mkdir", "-p", "/data/empty", "/data/other", "/data/plain").Exits(0);
        _ = Run(["--rm", "--mount", "source=data,target=/bin,volume-subpath=empty"], "/bin/test", "-x", "/bin/busybox").Exits(0);
        _ = Run(["--rm", "--mount", "source=data,target=/bin,volume-subpath=other,volume-nocopy"], "/bin/true").Exits(127);
        Assert.Equal(["empty/busybox"], Run(["--rm", "-v", "data:/data"], "sh", "-c", "cd /data && ls -d */busybox").Lines);
    }

    [Fact]
    public void Options_BindAndTmpfs_AreMounted()
    {
        string host = Roots.NewDirectory("device");
        File.WriteAllText(Path.Combine(host, "f"), "device");
        _ = Volume("create", "-o", "type=none", "-o", "o=bind", "-o", "device=" + host, "bound").Exits(0);
        Assert.Equal("device", Run(["--rm", "-v", "bound:/m"], "sh", "-c", "cat /m/f; echo new > /m/new").Output);
        Assert.Equal("new\n", File.ReadAllText(Path.Combine(host, "new")));
        Assert.Equal($"map[device:{host} o:bind type:none]", Volume("inspect", "-f", "{{.Options}}", "bound").Output);

        string[] lines = Run(
            ["--rm", "--mount", "source=memory,target=/m,volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=size=1m"],
            "sh", "-c", "df -k /m | tail -1 | awk '{print $2}'").Lines;
        Assert.Equal(["1024"], lines);
        string seeded = Roots.NewDirectory("seeded");
        _ = Volume("create", "-o", "type=none", "-o", "o=bind", "-o", "device=" + seeded, "seeded").Exits(0);
        string[] words = ["run", "--rm", "--entrypoint", "", "-v", "seeded:/data", Images.Configured, "stat", "-c", "%n %u", "/data", "/data/seed"];
        Assert.Equal(["/data 1000", "/data/seed 1000"], FastRun(words).Run().Lines);
        File.Move(Path.Combine(seeded, "seed"), Path.Combine(seeded, "kept"));
        _ = FastRun(words).Run().Exits(1);
        Directory.Delete(host, recursive: true);
        _ = Run(["--rm", "-v", "bound:/m"], "true").FailsWith(125, "failed to mount local volume", host);
        _ = Volume("rm", "bound", "memory", "seeded").Exits(0);
    }

    [Fact]
    public void BindRecursive_Writable_LeavesMountsBelowWritable()
    {
        string directory = Roots.NewDirectory("shared");
        string inner = Directory.CreateDirectory(Path.Combine(directory, "inner")).FullName;
        _ = Command.Output("mount", "-t", "tmpfs", "none", inner);
        string source = $"type=bind,src={directory},dst=/m,readonly";
        CommandResult writable = Run(["--rm", "--mount", source + ",bind-recursive=writable"], "sh", "-c", "touch /m/inner/yes; touch /m/no");
        CommandResult none = Run(["--rm", "--mount", source + ",bind-recursive=disabled"], "ls", "/m/inner");
        bool written = File.Exists(Path.Combine(inner, "yes"));
        _ = Command.Output("umount", inner);
        Assert.Contains("Read-only file system", writable.Exits(1).Stderr, StringComparison.Ordinal);
        Assert.True(written);
        Assert.Equal("", none.Output);
    }

    [Fact]
    public void Create_KilledAnywhere_LeavesNothingThatIsNotPutRight()
    {
        _ = FastRun("create", "--name", "first", Images.Busybox, "true").Run().Exits(0);
        string[] create = ["create", "--name", "killed", "-v", "/anonymous", "-v", "named:/named", Images.Busybox, "true"];
        int kills = UntilItEnds(create, () =>
        {
            _ = FastRun("rm", "-f", "-v", "killed").Run().Exits(0);
            _ = FastRun("gc").Run().Exits(0);
            Assert.Equal("", Volume("ls", "-q", "-f", "label=com.docker.volume.anonymous").Output);
            _ = Volume("rm", "-f", "named").Exits(0);
        });
        Assert.InRange(kills, 10, 200);
        _ = FastRun("rm", "-f", "-v", "killed").Run().Exits(0);

        kills = UntilItEnds(["volume", "create", "killed"], () =>
        {
            _ = FastRun("gc").Run().Exits(0);
            Assert.True(Volume("ls", "-q").Output is "" or "killed" or "killed\nnamed" or "named");
            Assert.Equal("killed", Volume("create", "killed").Output);
            _ = Volume("rm", "killed").Exits(0);
        });
        Assert.InRange(kills, 5, 100);
    }

    [Fact]
    public void Remove_KilledAnywhere_IsCompletedByTheNext()
    {
        string[] create = ["create", "--name", "victim", "-v", "/anonymous", Images.Busybox, "true"];
        _ = FastRun(create).Run().Exits(0);
        int kills = UntilItEnds(["rm", "-v", "victim"], () =>
        {
            _ = FastRun("gc").Run().Exits(0);
            _ = FastRun("rm", "-f", "-v", "victim").Run().Exits(0);
            Assert.Equal("", Volume("ls", "-q").Output);
            Assert.Empty(Roots.Leftovers());
            _ = FastRun(create).Run().Exits(0);
        });
        Assert.InRange(kills, 3, 100);
    }

    /// <summary>Runs a command again and again, killed just before its first change of a file system, its second, and so on.</summary>
    private int UntilItEnds(IReadOnlyList<string> words, Action after)
    {
        for (int at = 1; ; at++)
        {
            CommandResult result = (FastRun(words) with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = at.ToString(CultureInfo.InvariantCulture) },
            }).Run();
            if (result.ExitCode != 137)
            {
                _ = result.Exits(0);
                return at - 1;
            }

            after();
        }
    }

    private CommandResult Volume(params IReadOnlyList<string> words) => FastRun(["volume", .. words]).Run();
}
