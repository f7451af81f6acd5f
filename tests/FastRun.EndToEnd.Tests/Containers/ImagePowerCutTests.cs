using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>
/// The data root on a disk that loses its power right after a command has reported success, and then another boot: what cannot be pulled
/// again is there.
/// </summary>
public sealed class ImagePowerCutTests : SandboxTest
{
    private readonly LoopDisk _disk;
    private readonly string _bootId;
    private bool _wasCut;

    public ImagePowerCutTests(TestImages images)
        : base(images)
    {
        _disk = new LoopDisk(Path.Combine(Roots.Top, "disk"));
        _bootId = Roots.NewFile("boot_id", Guid.NewGuid() + "\n");
    }

    [Fact]
    public void Load_ThenAPowerCut_TheImageIsThere()
    {
        string id = Load();
        Cut();
        Assert.Equal(id, On("images", "-q", "--no-trunc").Run().Output);
        Assert.Equal("upper", On("exec", "--offline", "--no-workspace", "app:1", "--", "cat", "/case/replaced").Run().Output);
        CheckedAndCollected();
    }

    [Fact]
    public void Import_ThenAPowerCut_TheImageIsThere()
    {
        string tar = Path.Combine(Roots.Top, "tree.tar");
        File.WriteAllBytes(tar, BusyboxRoot.SmallTar().ToArray());
        string id = On("import", tar, "imported:1").Run().Output;
        Cut();
        Assert.Equal(id, On("images", "-q", "--no-trunc").Run().Output);
        Assert.Equal("hello", On("exec", "--no-workspace", "imported:1", "--", "/bin/sh", "-c", "echo hello").Run().Output);
        CheckedAndCollected();
    }

    [Theory]
    [InlineData("exited")]
    [InlineData("running")]
    public void Commit_ThenAPowerCut_ImageAndContainerAreThere(string state)
    {
        _ = Load();
        _ = On("run", "-d", "--name", "box", "app:1", "sh", "-c", "head -c 3000000 /dev/zero > /large; echo kept > /file; exec sleep 1000").Run().Exits(0);
        Assert.True(Processes.Eventually(() => On("exec", "box", "cat", "/file").Run().Stdout == "kept\n"));
        if (state == "exited")
        {
            Stop();
        }

        string id = On("commit", "box", "made:1").Run().Output;
        if (state == "running")
        {
            Stop();
        }

        Cut();
        Assert.Equal(id, On("images", "-q", "--no-trunc", "made").Run().Output);
        Assert.Equal("kept 3000000 /large", On("exec", "--no-workspace", "made:1", "--", "sh", "-c", "echo $(cat /file) $(wc -c /large)").Run().Output);
        CheckedAndCollected();
        Assert.Equal("box", On("ps", "-a", "--format", "{{.Names}}").Run().Output);
        if (state == "exited")
        {
            // The layer is the container's, too.
            Assert.Contains("A /file", On("diff", "box").Run().Lines);
        }

        _ = On("rm", "-f", "box").Run().Exits(0);
    }

    [Fact]
    public void TagAndPush_ThenAPowerCut_AreAsTheyWereReported()
    {
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
        string name = registry.Authority + "/app:1";
        string id = Load();
        _ = On("tag", "app:1", "other:1").Run().Exits(0);
        _ = On("tag", "app:1", name).Run().Exits(0);
        string pushed = On("push", "--compression", "zstd", name).Run().Lines[^1];
        Cut();
        Assert.Equal(((string[])[name, "app:1", "other:1"]).Order(), On("images", "--format", "{{.Repository}}:{{.Tag}}").Run().Lines.Order());
        Assert.Equal(id, On("images", "-q", "--no-trunc", "other").Run().Output);
        string[] again = On("push", "--compression", "zstd", name).Run().Lines;
        Assert.All(again[1..^1], static line => Assert.EndsWith(": Layer already exists", line, StringComparison.Ordinal));
        Assert.Equal(pushed, again[^1]);
        CheckedAndCollected();
    }

    [Fact]
    public void Remove_ThenAPowerCut_TheImageIsGone()
    {
        _ = Load();
        _ = On("rmi", "app:1").Run().Exits(0);
        Cut();
        Assert.Equal("", On("images", "-aq").Run().Output);
        CheckedAndCollected();
        Assert.NotEmpty(Load());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _ = On("rm", "-f", "box").Run();
        Roots.AwaitSync();
        _disk.Dispose();
        base.Dispose(disposing);
    }

    private string Load()
    {
        string archive = Path.Combine(Roots.Top, "app.tar");
        if (!File.Exists(archive))
        {
            _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", Images.Layered, $"docker-archive:{archive}:app:1");
        }

        Assert.Equal("Loaded image: app:1", On("load", "-i", archive).Run().Output);
        return On("images", "-q", "--no-trunc", "app").Run().Output;
    }

    private void Stop()
    {
        _ = On("kill", "box").Run().Exits(0);
        _ = On("wait", "box").Run();
        Assert.True(Processes.Eventually(() => !Processes.With(_disk.Directory).Any()));
    }

    private void Cut()
    {
        _disk.CutPower();
        _wasCut = true;
    }

    private void CheckedAndCollected()
    {
        _ = On("system", "check").Run().Exits(0);
        _ = On("gc").Run().Exits(0);
        _ = On("system", "check").Run().Exits(0);
    }

    /// <summary>A command on the disk; after the cut in another boot, as far as it can see.</summary>
    private Command On(params IReadOnlyList<string> arguments)
    {
        string[] line = [Repository.Binary, "--data-root", Path.Combine(_disk.Directory, "data"), "--run-root", Path.Combine(Roots.Top, _wasCut ? "run-2" : "run"), .. arguments];
        return _wasCut
            ? new Command("unshare", ["--mount", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"", _bootId, .. line])
            : new Command(line[0], line[1..]);
    }
}
