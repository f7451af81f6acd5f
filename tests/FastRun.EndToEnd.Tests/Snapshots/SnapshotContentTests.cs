using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Snapshots;

/// <summary>What is in a snapshot: files of all kinds, and the contents of mounts that were asked for.</summary>
public sealed class SnapshotContentTests(TestImages images) : SandboxTest(images)
{
    private const string Listing =
        "cd / && find . -xdev \\( -path ./proc -o -path ./sys -o -path ./dev -o -path ./etc/hosts -o -path ./etc/hostname -o -path ./etc/resolv.conf \\) -prune -o -print0 "
        + "| sort -z | xargs -0 stat -c '%n %F %a %u:%g %s %h %t:%T' | sed 's/ directory \\([0-9:]* [0-9:]*\\) .*/ directory \\1/'";

    /// <summary>In a directory: links of both kinds, holes, modes and owners, a pipe, devices, names that are no text.</summary>
    private const string Odd =
        "mkdir -p deep/er && echo linked > one && ln one deep/two && ln -s ../nowhere deep/link && mkfifo -m 600 pipe && mknod -m 640 disk b 8 0 && mknod null c 1 3 "
        + "&& echo s > setuid && chown 12:34 setuid && chmod 6755 setuid && mkdir -m 1777 sticky && dd if=/dev/zero of=sparse bs=1 count=1 seek=50000000 2>/dev/null "
        + "&& touch $(printf 'bad\\377name') '.wh.file' '.wh..wh..opq' 'new\nline' && touch -d 2001-02-03 one";

    [Fact]
    public void Root_OddFiles_AreInEveryFork()
    {
        string script = $"mkdir /odd && cd /odd && {Odd}; rm /bin/tee; rm -r /home; mkdir /home; touch /home/own; rm -r /tmp; echo file > /tmp; chmod 711 /; ";
        string expected = Run("host-of-none", ["snapshot", "create", "odd", "--no-workspace", "--privileged", "--from", Images.Busybox], script + Listing);
        Assert.Contains("setuid regular file 6755 12:34", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Fork("odd", Listing));

        // Once more above it, with and without changes of its own.
        _ = Run("again", ["snapshot", "create", "again", "--no-workspace", "--from", "odd"], "true");
        Assert.Equal(expected, Fork("again", Listing));
        _ = Run("third", ["snapshot", "create", "third", "--no-workspace", "--from", "again"], "rm -r /odd; mkdir /odd");
        Assert.Equal("", Fork("third", "ls -A /odd"));
        Assert.Equal("2001-02-03", Fork("odd", "stat -c %y /odd/one | cut -d' ' -f1"));

        // Nothing of it leads a fork anywhere else, and the store is sound.
        _ = FastRun("system", "check").Run().Exits(0);
        string[] data = [.. Directory.EnumerateFiles(Roots.Data, "sparse", SearchOption.AllDirectories)];
        Assert.True(long.Parse(Command.Output("stat", "-c", "%b", data[0]), System.Globalization.CultureInfo.InvariantCulture) < 1000, "the hole was filled");
    }

    [Theory]
    [InlineData("--tmpfs", "/data:exec,suid,dev,mode=1751", "/data")]
    [InlineData("-v", "named:/data", "named")]
    [InlineData("-v", "/data", "/data/")]
    [InlineData("--mount", "type=tmpfs,target=/data", "/data")]
    public void Include_TheContentsAreInTheRootOfEveryFork(string flag, string mount, string include)
    {
        // What the mount covers in the image is not what the snapshot has there.
        _ = Run("covered", ["snapshot", "create", "base", "--no-workspace", "--from", Images.Busybox], "mkdir -p /data/old; echo covered > /data/old/file; touch /data/one");
        string expected = Run(
            "included",
            ["snapshot", "create", "db", "--no-workspace", "--privileged", "--from", "base", flag, mount, "--include", include],
            $"cd /data && rm -rf ./* && {Odd} && chmod 2750 /data && chown 7:8 /data; cd /; find /data | sort | xargs -d '\\n' stat -c '%n %F %a %u:%g %s %h %t:%T' | sed 's/ directory \\([0-9:]* [0-9:]*\\) .*/ directory \\1/'");
        Assert.Equal(expected, Fork("db", "find /data | sort | xargs -d '\\n' stat -c '%n %F %a %u:%g %s %h %t:%T' | sed 's/ directory \\([0-9:]* [0-9:]*\\) .*/ directory \\1/'"));
        Assert.Equal("2750 7:8", Fork("db", "stat -c '%a %u:%g' /data"));
        Assert.Equal("2", Fork("db", "stat -c %h /data/one"));

        // It is the fork's own: no mount, and what one writes no other sees.
        Assert.Equal("", Fork("db", "grep ' /data ' /proc/mounts; echo mine > /data/mine; rm /data/one"));
        Assert.Equal("linked", Fork("db", "cat /data/one; test ! -e /data/mine"));
        Assert.Equal("/data", FastRun("snapshot", "inspect", "-f", "{{index .Includes 0}}", "db").Run().Output);

        // Unless something is mounted there again: an empty volume is filled from it, as from any image.
        Assert.Equal("", FastRun("exec", "--no-workspace", "--tmpfs", "/data", "db", "--", "ls", "-A", "/data").Run().Output);
        Assert.Equal("linked", FastRun("exec", "--no-workspace", "-v", "/data", "db", "--", "cat", "/data/one").Run().Output);
        _ = FastRun("volume", "prune", "-af").Run().Exits(0);
        Assert.Equal("linked", Fork("db", "cat /data/one"));
    }

    [Fact]
    public void Include_AVolumeOfTheImage_IsNoVolumeAnyMore()
    {
        _ = Run("image", ["snapshot", "create", "base", "--no-workspace", "--from", Images.Busybox, "--change", "VOLUME /state /other"], "mkdir /state; echo image > /state/file");
        CommandResult without = FastRun("snapshot", "create", "lost", "--no-workspace", "--from", "base", "--", "sh", "-c", "echo run > /state/file").Run().Exits(0);
        Assert.Contains("WARNING: /state is a volume: what is in it is not part of the snapshot: --include /state", without.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("/other", without.Stderr, StringComparison.Ordinal);
        Assert.Equal("image", Fork("lost", "cat /state/file"));

        CommandResult with = FastRun("snapshot", "create", "kept", "--no-workspace", "--include", "/state", "--from", "base", "--", "sh", "-c", "echo run > /state/file").Run().Exits(0);
        Assert.Equal("", with.Stderr);
        Assert.Equal("run", Fork("kept", "cat /state/file; grep ' /state ' /proc/mounts; true"));
        Assert.Equal("""["/other"]""", FastRun("snapshot", "inspect", "-f", "{{json .Volumes}}", "kept").Run().Output);
    }

    [Fact]
    public void Include_NestedMounts_AndPathsThroughLinks()
    {
        _ = Run(
            "nested",
            ["snapshot", "create", "db", "--no-workspace", "--from", Images.Busybox, "--tmpfs", "/a", "--tmpfs", "/a/b/c", "-v", "/a/b/left", "--tmpfs", "/var/run/x", "--include", "/a/b/c", "--include", "/a", "--include", "/var/run/x"],
            "echo 1 > /a/1; echo 2 > /a/b/c/2; echo 3 > /a/b/left/3; echo 4 > /var/run/x/4");
        Assert.Equal("1\n2\n4", Fork("db", "cat /a/1 /a/b/c/2 /var/run/x/4; ls -A /a/b/left"));
    }

    [Theory]
    [InlineData("no tmpfs and no volume is mounted there", "--include", "/nothing")]
    [InlineData("no tmpfs and no volume is mounted there", "--include", "no-volume")]
    [InlineData("a directory of the host", "-v", "/tmp:/bound", "--include", "/bound")]
    [InlineData("no sandbox would see it", "--tmpfs", "/dev/shm", "--include", "/dev/shm")]
    public void Include_WhatCannotBe_IsRefusedBeforeAnythingRuns(string reason, params string[] flags)
    {
        CommandResult refused = FastRun(["snapshot", "create", "db", "--no-workspace", "--from", Images.Busybox, .. flags, "--", "echo", "ran"]).Run();
        _ = refused.FailsWith(125, "invalid include: " + flags[^1], reason);
        Assert.Equal("", refused.Stdout);
        _ = FastRun("snapshot", "create", "db", "--from", Images.Busybox, "--include", Roots.Top, "--", "true").Run().FailsWith(125, "the workspace");
    }

    [Fact]
    public void Include_AFileThatNoLayerCanHave_KeepsNothing()
    {
        CommandResult failed = FastRun(
            "snapshot", "create", "db", "--no-workspace", "--privileged", "--from", Images.Busybox, "--tmpfs", "/data:dev", "--include", "/data", "--", "mknod", "/data/whiteout", "c", "0", "0").Run();
        _ = failed.FailsWith(125, "/data: its contents cannot be part of the snapshot");
        Assert.Equal("", FastRun("snapshot", "ls", "-q").Run().Output);
    }

    private string Run(string subject, IReadOnlyList<string> create, string script)
    {
        CommandResult result = FastRun([.. create, "--", "sh", "-c", script]).Run();
        Assert.True(result.ExitCode == 0, $"{subject}: {result}");
        return result.Output;
    }

    private string Fork(string name, string script) => FastRun("exec", "--no-workspace", name, "--", "sh", "-c", script).Run().Output;
}
