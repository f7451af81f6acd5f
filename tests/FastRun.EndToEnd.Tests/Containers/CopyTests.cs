using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary><c>fastrun cp</c>. The rules of paths and the words are those that docker 20.10's daemon and docker 28's client gave.</summary>
public sealed class CopyTests(TestImages images) : ContainerTest(images)
{
    private string Work => Path.Combine(Roots.Top, "work");

    [Theory]
    [InlineData("created")]
    [InlineData("running")]
    [InlineData("exited")]
    [InlineData("paused")]
    public void Into_PathRules_AreDockers(string state)
    {
        MakeSources();
        MakeContainer(state);
        _ = Copy("f", "box:/data/f1").Exits(0);
        _ = Copy("t", "box:/data/t").Exits(0);
        _ = Copy("t", "box:/data/t").Exits(0);
        _ = Copy("t/.", "box:/data/t2").Exits(0);
        _ = Copy("t/.", "box:/data/t2").Exits(0);
        _ = Copy("f", "box:/data/t").Exits(0);
        _ = Copy("t", "box:/data/t3/").Exits(0);
        _ = Copy("f", "box:/data/t/sub").Exits(0);
        _ = Copy("t/sub/", "box:data/t4").Exits(0);
        _ = Copy("f", "box:/data/new").Exits(0);
        Assert.Equal(
            [
                "data/", "data/f1", "data/new", "data/t/", "data/t/f", "data/t/sub/", "data/t/sub/a", "data/t/sub/f", "data/t/t/", "data/t/t/sub/",
                "data/t/t/sub/a", "data/t2/", "data/t2/sub/", "data/t2/sub/a", "data/t3/", "data/t3/sub/", "data/t3/sub/a", "data/t4/", "data/t4/a",
            ],
            TarNames("box:/data"));
        Assert.Equal("content", Read("box:/data/t/sub/f"));
        if (state is "created" or "exited")
        {
            Assert.Equal(0, FastRun("start", "box").Run().ExitCode);
            Assert.Equal("content", FastRun("exec", "box", "cat", "/data/new").Run().Output);
        }
    }

    [Theory]
    [InlineData("created")]
    [InlineData("running")]
    public void OutOf_PathRules_AreDockers(string state)
    {
        MakeSources();
        MakeContainer(state);
        _ = Copy("t", "box:/data/t").Exits(0);
        Assert.Equal(["t/", "t/sub/", "t/sub/a"], TarNames("box:/data/t"));
        Assert.Equal(["t/", "t/sub/", "t/sub/a"], TarNames("box:/data/t/"));
        Assert.Equal(["./", "sub/", "sub/a"], TarNames("box:/data/t/."));
        Assert.Equal(["a"], TarNames("box:/data/t/sub/a"));
        string o = Directory.CreateDirectory(Path.Combine(Work, "o")).FullName;
        _ = Copy("box:/data/t", "o").Exits(0);
        _ = Copy("box:/data/t/.", "o").Exits(0);
        _ = Copy("box:/data/t", "o/new").Exits(0);
        _ = Copy("box:/data/t/.", "o/new2").Exits(0);
        _ = Copy("box:/data/t/sub/a", "o/file").Exits(0);
        _ = Copy("box:/data/t/sub/a", "o/file").Exits(0);
        File.CreateSymbolicLink(Path.Combine(o, "link"), "behind");
        _ = Copy("box:/data/t/sub/a", "o/link").Exits(0);
        Assert.Equal(
            ["behind", "file", "link", "new", "new/sub", "new/sub/a", "new2", "new2/sub", "new2/sub/a", "sub", "sub/a", "t", "t/sub", "t/sub/a"],
            Directory.EnumerateFileSystemEntries(o, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(o, path)).Order(StringComparer.Ordinal));
        Assert.Equal("1\n", File.ReadAllText(Path.Combine(o, "behind")));
        Assert.Equal("behind", new FileInfo(Path.Combine(o, "link")).LinkTarget);
    }

    [Fact]
    public void Failures_HaveDockersWords()
    {
        MakeSources();
        MakeContainer("created");
        _ = Copy("f", "box:/data/f1").Exits(0);
        Directory.CreateDirectory(Path.Combine(Work, "conf", "a"));
        Directory.CreateDirectory(Path.Combine(Work, "q"));
        File.WriteAllText(Path.Combine(Work, "q", "conf"), "");
        _ = Copy("conf", "box:/data").Exits(0);
        _ = Copy("f", "box:/nope/x").FailsWith(1, "Could not find the file /nope in container box");
        _ = Copy("box:/nope", ".").FailsWith(1, "Could not find the file /nope in container box");
        _ = Copy("f", "box:/data/f1/x").FailsWith(1, "extraction point is not a directory");
        _ = Copy("t", "box:/data/f1").FailsWith(1, "cannot copy directory");
        _ = Copy("box:/data", "f").FailsWith(1, "cannot copy directory");
        _ = Copy("nofile", "box:/").FailsWith(1, $"lstat {Work}/nofile: no such file or directory");
        _ = Copy("box:/data/f1", "/nonexistent/a").FailsWith(1, "invalid output path: directory \"/nonexistent\" does not exist");
        _ = Copy("f", "box:/newdir/").FailsWith(1, "no such directory");
        _ = Copy("f", "box:/data/f1/").FailsWith(1, "no such directory");
        _ = Copy("box:/data/f1", "newdir/").FailsWith(1, "no such directory");
        _ = Copy("box:/data/f1/", ".").FailsWith(1, "lstat /data/f1/: not a directory");
        _ = Copy("q/.", "box:/data").FailsWith(1, "cannot overwrite directory", "with non-directory");
        Directory.CreateDirectory(Path.Combine(Work, "w", "f1"));
        _ = Copy("w/.", "box:/data").FailsWith(1, "cannot overwrite non-directory", "with directory");
        _ = Copy("-", "box:/data/f1").FailsWith(1, "destination \"box:/data/f1\" must be a directory");
        _ = Copy("-", "box:/nope").FailsWith(1, "destination \"box:/nope\" must be a directory");
        _ = Copy("a:b", "c:d").FailsWith(1, "copying between containers is not supported");
        _ = Copy("a", "b").FailsWith(1, "must specify at least one container source");
        _ = Copy("f", "nobody:/").FailsWith(1, "No such container: nobody");
        _ = Copy("box:/data/f1", "/dev/null").FailsWith(1, "invalid output path: \"/dev/null\" must be a directory or a regular file: got a device");
    }

    [Fact]
    public void Tar_BothWays_IsThatOfTar()
    {
        MakeSources();
        MakeContainer("running");
        string longName = new('n', 120);
        Shell($"mkdir -p s/{longName}/deep && echo x > s/{longName}/deep/{longName} && ln -s ../there s/link && mkfifo s/pipe && ln s/{longName}/deep/{longName} s/hard"
            + " && truncate -s 3M s/holes && printf end >> s/holes && chmod 4751 s/hard && touch -d '2020-02-03 04:05:06' s/hard && chown -h 12:34 s/link");
        foreach (string compress in (string[])["", "z", "-zstd"])
        {
            string pack = compress == "-zstd" ? "tar --zstd -c s" : $"tar -c{compress} s";
            Shell($"{pack} | {Cp("-", "box:/data")}");
            Shell($"{Cp("box:/data/s", "-")} > out.tar && rm -rf again && mkdir again && tar -C again -xpf out.tar");
            Assert.Equal(Listing("s"), Listing("again/s"));
        }

        // Names that begin with a slash, and none for directories.
        Shell($"tar -P -c --transform 's,^f$,/a/b/c,' f | {Cp("-", "box:/data")}");
        Assert.Equal("content", Read("box:/data/a/b/c"));
    }

    [Fact]
    public void Attributes_ComeAlong_ButPrivilegesOnlyWithArchive()
    {
        MakeSources();
        MakeContainer("created");
        Shell("cp -r t tree && truncate -s 5M tree/holes && printf end >> tree/holes && ln tree/holes tree/other && python3 -c \"import os; os.setxattr('tree/sub/a', 'user.note', b'kept')\""
            + " && chmod 6755 tree/sub/a && chown 12:34 tree/sub/a && chmod 1777 tree/sub && touch -d '2021-01-02 03:04:05.123456789' tree/sub/a && touch -d 2019-01-01 tree/sub");
        _ = Copy("tree", "box:/data/tree").Exits(0);
        _ = Copy("box:/data/tree", "plain").Exits(0);
        _ = FastRun("cp", "-a", "box:/data/tree", Path.Combine(Work, "whole")).Run().Exits(0);
        Assert.Equal(Listing("tree"), Listing("whole"));
        Assert.Equal("755 0:0", Shell("stat -c '%a %u:%g' plain/sub/a"));
        Assert.Equal("1777 1546300800", Shell("stat -c '%a %Y' plain/sub"));
        Assert.Equal("user.note=kept", Shell("tar --xattrs -c plain/sub/a | grep -a -o user.note=kept"));
        Assert.Equal("2", Shell("stat -c %h whole/holes"));
        Assert.True(long.Parse(Shell("stat -c %b whole/holes"), CultureInfo.InvariantCulture) < 2048);
    }

    [Fact]
    public void Archive_IntoAContainer_GivesItToItsUser()
    {
        MakeSources();
        _ = FastRun("create", "--name", "box", "-u", "build", Images.Busybox, "true").Run().Exits(0);
        Shell("chown 77:88 f");
        _ = Copy("f", "box:/tmp/kept").Exits(0);
        _ = FastRun("cp", "-a", Path.Combine(Work, "f"), "box:/tmp/given").Run().Exits(0);
        Assert.Equal("77/88 1000/1000", Shell($"{Cp("box:/tmp/.", "-")} | tar -tvn | awk '/kept|given/ {{ print $2 }}' | sort -r | xargs"));
    }

    [Fact]
    public void FollowLink_CopiesWhatTheLinkNames()
    {
        MakeSources();
        MakeContainer("created");
        Shell("ln -s f link");
        _ = Copy("link", "box:/data/").Exits(0);
        Assert.Equal("f", Shell($"{Cp("box:/data/link", "-")} | tar -tv | sed 's/.* -> //'"));
        _ = FastRun("cp", "-L", Path.Combine(Work, "link"), "box:/data/").Run().Exits(0);
        Assert.Equal("content", Read("box:/data/link"));
        Shell($"ln -s /data/link absolute && {Cp("absolute", "box:/data/")}");
        _ = Copy("box:/data/absolute", "as-link").Exits(0);
        Assert.Equal("/data/link", new FileInfo(Path.Combine(Work, "as-link")).LinkTarget);
        _ = FastRun("cp", "-L", "box:/data/absolute", Path.Combine(Work, "followed")).Run().Exits(0);
        Assert.Equal("content", File.ReadAllText(Path.Combine(Work, "followed")));
    }

    [Theory]
    [InlineData("created")]
    [InlineData("running")]
    public void VolumesAndBinds_AreInTheirPlaces_ButNotSystemMounts(string state)
    {
        MakeSources();
        string host = Roots.NewDirectory("host");
        MakeContainer(state, "-v", "named:/named", "-v", host + ":/bound", "-v", "empty:/etc", "--mount", "source=sub,target=/named/below", "--tmpfs", "/memory");
        _ = Copy("f", "box:/named/f").Exits(0);
        _ = Copy("f", "box:/named/below/g").Exits(0);
        _ = Copy("f", "box:/bound/f").Exits(0);
        Assert.Equal("content", File.ReadAllText(Path.Combine(Roots.Data, "volumes", "named", "_data", "f")));
        Assert.Equal("content", File.ReadAllText(Path.Combine(Roots.Data, "volumes", "sub", "_data", "g")));
        Assert.Equal("content", File.ReadAllText(Path.Combine(host, "f")));
        Assert.Contains("build:x:1000", Read("box:/etc/passwd"), StringComparison.Ordinal);
        string[] all = TarNames("box:/");
        Assert.Contains("named/below/g", all);
        Assert.Contains("proc/", all);
        Assert.DoesNotContain(all, name => name.StartsWith("proc/", StringComparison.Ordinal) && name.Length > 5);
        Assert.DoesNotContain(all, name => name.StartsWith("sys/k", StringComparison.Ordinal) || name == "dev/null");
    }

    [Fact]
    public void ReadOnly_RootAndVolume_AreRefused_AndTheRestIsNot()
    {
        MakeSources();
        foreach (string state in (string[])["created", "running"])
        {
            MakeContainer(state, "--read-only", "-v", "ro:/ro:ro", "-v", "rw:/rw");
            _ = Copy("f", "box:/tmp").FailsWith(1, "container rootfs is marked read-only");
            _ = Copy("f", "box:/ro").FailsWith(1, "mounted volume is marked read-only");
            _ = Copy("f", "box:/rw").Exits(0);
            _ = FastRun("rm", "-f", "box").Run().Exits(0);
        }
    }

    [Fact]
    public void DeepTree_IsCopied_WithTheUsualLimitOfDescriptors()
    {
        MakeSources();
        MakeContainer("created");
        const int levels = 900;
        string deep = string.Concat(System.Linq.Enumerable.Repeat("d/", levels));
        Shell($"mkdir -p deep && cd deep && mkdir -p {deep} && echo bottom > {deep}f");
        foreach (string words in (string[])[Cp("deep", "box:/data/deep"), Cp("box:/data/deep", "back")])
        {
            Shell("ulimit -Sn 1024; " + words);
        }

        Assert.Equal("bottom", Shell($"cat back/{deep}f"));
    }

    [Fact]
    public void DiskFull_IsToldAndLeavesNothingOfTheFile()
    {
        MakeSources();
        string small = Roots.NewDirectory("small");
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=1m", "none", small);
        MakeContainer("running", "-v", small + ":/small");
        Shell("truncate -s 0 big && head -c 3000000 /dev/zero | tr '\\0' x > big");
        _ = Copy("big", "box:/small/").FailsWith(1, "container box: big: no space left on device");
        CommandResult tar = new Command("sh", "-c", $"tar -c big 2>/dev/null | {Cp("-", "box:/small")}") { WorkingDirectory = Work }.Run();
        _ = tar.FailsWith(1, "no space left on device");
        Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        _ = Copy("f", "box:/small/").Exits(0);
        _ = FastRun("rm", "-f", "box").Run().Exits(0);
        _ = Command.Output("umount", small);
    }

    [Theory]
    [InlineData("created")]
    [InlineData("running")]
    public void Killed_AtAnyPoint_LeavesWholeFilesOnly(string state)
    {
        MakeSources();
        MakeContainer(state);
        Shell("cp -r t tree; for i in 1 2 3; do head -c 300000 /dev/zero | tr '\\0' $i > tree/$i; done");
        int at = 0;
        CommandResult result;
        do
        {
            at += 2;
            result = (Cp2("tree/.", "box:/data/tree") with { Environment = KillAt(at) }).Run();
            Assert.True(result.ExitCode is 0 or 137, result.ToString());
            string[] sizes = Shell($"{Cp("box:/data", "-")} | tar -tv | awk '/^-/ {{ print $3, $6 }}'").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(sizes, line => Assert.Matches("^(300000 data/tree/[123]|2 data/tree/sub/a)$", line));
        }
        while (result.ExitCode == 137);
        Assert.InRange(at, 10, 400);
        Assert.Equal(4, Shell($"{Cp("box:/data", "-")} | tar -tv | grep -c ^-") is var count ? int.Parse(count, CultureInfo.InvariantCulture) : 0);

        for (at = 1; at < 30; at += 3)
        {
            _ = (Cp2("box:/data/tree/.", "back") with { Environment = KillAt(at) }).Run();
            Assert.All(
                Directory.Exists(Path.Combine(Work, "back")) ? Directory.GetFiles(Path.Combine(Work, "back"), "*", SearchOption.AllDirectories) : [],
                file => Assert.True(new FileInfo(file).Length is 300000 or 2, file));
        }
    }

    [Fact]
    public void Quiet_OnlyATerminalIsTold()
    {
        MakeSources();
        MakeContainer("created");
        Assert.Equal("", Copy("f", "box:/data/f").Exits(0).Stderr);
        Assert.Equal("Successfully copied 2.05kB to box:/data/f\n", FastRun("cp", "-q=false", Path.Combine(Work, "f"), "box:/data/f").Run().Exits(0).Stderr);
    }

    private void MakeSources()
    {
        Directory.CreateDirectory(Path.Combine(Work, "t", "sub"));
        File.WriteAllText(Path.Combine(Work, "t", "sub", "a"), "1\n");
        File.WriteAllText(Path.Combine(Work, "f"), "content");
    }

    private void MakeContainer(string state, params string[] flags)
    {
        _ = FastRun(["create", "--name", "box", .. flags, Images.Busybox, "sh", "-c", "mkdir -p /data; exec sleep 100000"]).Run().Exits(0);
        if (flags.Length == 0)
        {
            Directory.CreateDirectory(Path.Combine(Work, "d", "data"));
            _ = Copy("d/data", "box:/").Exits(0);
        }

        if (state != "created")
        {
            _ = FastRun("start", "box").Run().Exits(0);
        }

        if (state == "exited")
        {
            _ = FastRun("kill", "box").Run().Exits(0);
            _ = FastRun("wait", "box").Run();
        }

        if (state == "paused")
        {
            _ = FastRun("pause", "box").Run().Exits(0);
        }
    }

    [Fact]
    public void Restart_WhileFilesAreCopied_WaitsUntilTheirOverlayIsLetGo()
    {
        MakeContainer("running");
        _ = FastRun("exec", "box", "sh", "-c", "head -c 3000000 /dev/zero > /data/large").Run().Exits(0);

        // Nobody reads on: the copy has the container's files open.
        using Process copy = FastRun("cp", "box:/data", "-").Start();
        Assert.Equal(1, copy.StandardOutput.BaseStream.Read(new byte[1]));
        using Process restart = FastRun("restart", "-t", "0", "box").Start();
        Assert.True(Processes.Eventually(() => FastRun("ps", "-aq", "--filter", "status=exited").Run().Output.Length > 0));
        Assert.False(restart.WaitForExit(300));

        copy.Kill();
        copy.WaitForExit();
        Assert.True(restart.WaitForExit(60_000));
        Assert.Equal(0, restart.ExitCode);
        Assert.Equal("3000000", FastRun("exec", "box", "stat", "-c", "%s", "/data/large").Run().Output);
    }

    private Command Cp2(string source, string destination) => FastRun("cp", source, destination) with { WorkingDirectory = Work };

    private CommandResult Copy(string source, string destination) => Cp2(source, destination).Run();

    private string Cp(string source, string destination) => $"{Repository.Binary} {string.Join(' ', Roots.Options)} cp {source} {destination}";

    private string Shell(string script) => (new Command("bash", "-c", "set -e -o pipefail; " + script) { WorkingDirectory = Work }).Run().Output;

    private string[] TarNames(string source) => [.. Shell($"{Cp(source, "-")} | tar -t").Split('\n').Order(StringComparer.Ordinal)];

    private string Read(string source) => Shell($"{Cp(source, "-")} | tar -xO");

    /// <summary>Everything that an inode has, but for times below a second, which tars do not keep.</summary>
    private string Listing(string directory) => Shell(
        $"cd {directory}; find . | sort | while read -r n; do stat -c '%n %A %u:%g %h %Y %N' \"$n\" | sed \"s/ '[^']*'//\"; [ -p \"$n\" ] || [ -h \"$n\" ] || [ -d \"$n\" ] || sha256sum < \"$n\"; done");

    private static Dictionary<string, string?> KillAt(int at) => new() { ["FASTRUN_TEST_KILL_AT"] = at.ToString(CultureInfo.InvariantCulture) };
}
