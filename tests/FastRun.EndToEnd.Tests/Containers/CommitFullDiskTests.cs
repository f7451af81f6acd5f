using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Commits and pushes on a disk that is full: the container has what it wrote, images are as they were, and all works once there is room.</summary>
public sealed class CommitFullDiskTests : ContainerTest
{
    private const string Room = "24m";

    private readonly string _disk;

    public CommitFullDiskTests(TestImages images)
        : base(images)
    {
        // The data root alone is on the small disk.
        _disk = Directory.CreateDirectory(Roots.Data).FullName;
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=" + Room, "fastrun-test", _disk);
    }

    private string Filler => Path.Combine(_disk, "filler");

    [Theory]
    [InlineData("exited", 0)]
    [InlineData("running", 0)]
    [InlineData("running", 1_000_000)]
    public void Commit_DiskFull_TheContainerGoesOnWithWhatItWrote(string state, int left)
    {
        _ = FastRun("run", "-d", "--name", "box", Images.Busybox, "sh", "-c", "head -c 3000000 /dev/urandom > /big; echo up > /up; exec sleep 100000").Run().Exits(0);
        Assert.True(Processes.Eventually(() => FastRun("exec", "box", "cat", "/up").Run().Stdout == "up\n"));
        if (state == "exited")
        {
            _ = FastRun("kill", "box").Run().Exits(0);
            _ = FastRun("wait", "box").Run();
        }

        Fill(left);
        _ = FastRun("commit", "box", "made").Run().FailsWith(1, "no space left on device");
        Assert.Equal(state, StateOf("box"));
        Assert.Equal("", FastRun("images", "-q", "made").Run().Output);
        File.Delete(Filler);
        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("system", "check").Run().Exits(0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
        Assert.Equal("A /big\nA /up", FastRun("diff", "box").Run().Output);

        string id = FastRun("commit", "box", "made").Run().Output;
        Assert.Equal("3000000 /big", FastRun("exec", "--no-workspace", "made", "--", "wc", "-c", "/big").Run().Output);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "made").Run().Output);
        if (state == "running")
        {
            _ = FastRun("exec", "box", "true").Run().Exits(0);
        }
    }

    [Fact]
    public void Push_DiskFull_WhatTheRegistryHasStaysAndTheNextOneSaysSo()
    {
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
        string name = registry.Authority + "/app:1";
        _ = FastRun("exec", "--no-workspace", Images.Busybox, "--", "true").Run().Exits(0);
        _ = FastRun("tag", "localhost/busybox:latest", name).Run().Exits(0);
        string id = FastRun("images", "-q", "--no-trunc", name).Run().Output;
        Fill(0);

        // Its layers are compressed on their way, so it needs no room but for the manifest that it remembers.
        _ = FastRun("push", "--force-compression", "--compression", "zstd", name).Run().FailsWith(1, "no space left on device");

        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", name).Run().Output);
        File.Delete(Filler);
        string[] lines = FastRun("push", "--force-compression", "--compression", "zstd", name).Run().Lines;
        Assert.Contains(": digest: sha256:", lines[^1], StringComparison.Ordinal);
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + name, "dir:" + Path.Combine(Roots.Top, "copy"));
        _ = FastRun("system", "check").Run().Exits(0);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        string left = FastRun("ps", "-aq").Run().Output;
        if (left.Length > 0)
        {
            FastRun(["rm", "-f", .. left.Split('\n')]).Run();
        }

        Roots.AwaitSync();
        _ = Command.Run("umount", _disk);
        base.Dispose(disposing);
    }

    /// <summary>Fills the disk but for some bytes.</summary>
    private void Fill(int left)
    {
        _ = Command.Run("dd", "if=/dev/zero", "of=" + Filler, "bs=4k");
        using FileStream filler = File.OpenWrite(Filler);
        Assert.True(filler.Length > left);
        filler.SetLength(filler.Length - left);
    }
}
