using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>fastrun system check --repair</c> of images that came from a registry.</summary>
public sealed class SystemRepairTests : ContainerTest
{
    private readonly DockerRegistry _registry = new();
    private readonly string _name;
    private bool _isStopped;

    public SystemRepairTests(TestImages images)
        : base(images)
    {
        _name = _registry.Authority + "/app:latest";
        _ = new Command("skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", Images.Busybox, "docker://" + _name).Run().Exits(0);
        _ = FastRun("pull", "-q", _name).Run().Exits(0);
        Roots.AwaitSync();
    }

    [Fact]
    public void Repair_DamagedLayer_IsPulledAgain()
    {
        string layer = Damage();
        CommandResult check = FastRun("system", "check").Run().Exits(1);
        Assert.Matches($"^damaged: {_name}: layer sha256:[0-9a-f]{{64}} cannot be made again: its files were changed\n", check.Stdout);

        CommandResult repair = FastRun("system", "check", "--repair").Run().Exits(0);

        Assert.Matches(
            $"^repaired: {_name}: layer sha256:[0-9a-f]{{64}} cannot be made again: its files were changed: pulled again from {_registry.Authority}/app@sha256:[0-9a-f]{{64}}$",
            repair.Lines[0]);
        Assert.Equal("images: 1, layers: 1, damaged: 1", repair.Lines[^1]);
        Assert.Equal(2, repair.Lines.Length);
        Assert.Equal("images: 1, layers: 1, damaged: 0", FastRun("system", "check").Run().Exits(0).Output);
        Assert.False(Directory.Exists(layer));
        StopRegistry();
        Assert.Equal("root:x:0", FirstBytes());
    }

    [Fact]
    public void Repair_ImageOfAStoppedContainer_TheContainerStartsWithTheRightBytes()
    {
        FastRun("create", "--name", "kept", _name, "head", "-c", "8", "/etc/passwd").Run().Exits(0);
        Damage();

        Assert.StartsWith("repaired: ", FastRun("system", "check", "--repair").Run().Exits(0).Stdout, StringComparison.Ordinal);

        Assert.Equal("root:x:0", FastRun("start", "-a", "kept").Run().Output);
    }

    [Fact]
    public void Repair_MissingLayer_IsPulledAgain()
    {
        Directory.Delete(Layer(), recursive: true);

        Assert.Contains(": a layer is missing: pulled again from ", FastRun("system", "check", "--repair").Run().Exits(0).Lines[0], StringComparison.Ordinal);

        Assert.Equal("root:x:0", FirstBytes());
    }

    [Fact]
    public void Repair_RegistryIsOut_RemovedWithTheReason()
    {
        Damage();
        StopRegistry();

        CommandResult repair = FastRun("system", "check", "--repair").Run().Exits(0);

        Assert.Matches($"^removed: {_name}: layer sha256:[0-9a-f]+ cannot be made again: its files were changed \\(not pulled again: .*{_registry.Authority}.*\\)$", repair.Lines[0]);
        Assert.Equal("images: 0, layers: 0, damaged: 0", FastRun("system", "check").Run().Exits(0).Output);
    }

    [Fact]
    public void Repair_RegistryIsOutAndAContainerNeedsIt_KeptAndTold()
    {
        FastRun("create", "--name", "kept", _name, "true").Run().Exits(0);
        string layer = Damage();
        StopRegistry();

        CommandResult repair = FastRun("system", "check", "--repair").Run().Exits(1);

        Assert.Contains("its files were changed, but it is in use: kept (not pulled again: ", repair.Stdout, StringComparison.Ordinal);
        Assert.True(Directory.Exists(layer));
        FastRun("start", "-a", "kept").Run().Exits(0);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        StopRegistry();
        base.Dispose(disposing);
    }

    private void StopRegistry()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _registry.Dispose();
        }
    }

    private string FirstBytes() =>
        FastRun("exec", "--no-workspace", "--offline", _name, "--", "head", "-c", "8", "/etc/passwd").Run().Output;

    private string Layer() =>
        Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Single(static path => !path.EndsWith("_diffs", StringComparison.Ordinal));

    /// <summary>Changes one byte of a file, and returns the layer's directory.</summary>
    private string Damage()
    {
        string layer = Layer();
        using FileStream file = File.OpenWrite(Path.Combine(layer, "fs/etc/passwd"));
        file.WriteByte((byte)'R');
        return layer;
    }
}
