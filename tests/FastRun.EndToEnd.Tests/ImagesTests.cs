using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Images in every form that needs no registry.</summary>
public sealed class ImagesTests(TestImages images) : SandboxTest(images)
{
    // Everything a tree consists of but for directory times, which unpacking a later layer may change, and link counts, which
    // overlayfs cannot keep across layers.
    private const string Describe =
        "cd \"$0\" && find . -path ./proc -prune -o -path ./sys -prune -o -path ./dev -prune -o -print | sort | while read -r f; do " +
        "if [ -L \"$f\" ]; then echo \"$f -> $(readlink \"$f\")\"; elif [ -d \"$f\" ]; then stat -c '%n %f %u:%g' \"$f\"; " +
        "else echo \"$(stat -c '%n %f %u:%g %s %Y' \"$f\") $(md5sum < \"$f\")\"; fi; done";

    [Fact]
    public void Exec_LayoutMadeByUmoci_RunsItsCommand() =>
        Assert.Equal("hello", Exec([], "echo", "hello").Output);

    [Theory]
    [InlineData(LayerCompression.None)]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void Exec_LayerInEachCompression_Runs(LayerCompression compression) =>
        Assert.Equal("hello", FastRun("exec", "--no-workspace", Images.BusyboxIn(compression), "--", "echo", "hello").Run().Output);

    [Fact]
    public void Exec_DockerArchive_Runs() =>
        Assert.Equal("hello", FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "echo", "hello").Run().Output);

    [Fact]
    public void Exec_OciArchive_Runs() =>
        Assert.Equal("hello", FastRun("exec", "--no-workspace", Images.OciArchive, "--", "echo", "hello").Run().Output);

    [Fact]
    public void Exec_SecondTime_UsesTheUnpackedLayers()
    {
        _ = Exec([], "true").Exits(0);
        string[] before = Directory.GetDirectories(Path.Combine(Roots.Data, "layers"));
        _ = Exec([], "true").Exits(0);
        Assert.Equal(before, Directory.GetDirectories(Path.Combine(Roots.Data, "layers")));
    }

    [Fact]
    public void Exec_WhiteoutsOpaqueDirectoriesAndLinks_TreeEqualsWhatUmociMakes()
    {
        string bundle = Path.Combine(Roots.Top, "bundle");
        _ = Command.Output("umoci", "unpack", "--image", Images.Layered["oci:".Length..] + ":latest", bundle);
        string[] expected = Command.Run("sh", "-c", Describe, Path.Combine(bundle, "rootfs") + "/case").Lines;

        string[] actual = FastRun("exec", "--no-workspace", Images.Layered, "--", "sh", "-c", Describe, "/case").Run().Lines;

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Exec_TwoImagesSharingALayer_UnpackItOnce()
    {
        _ = FastRun("exec", "--no-workspace", Images.BusyboxIn(LayerCompression.Gzip), "--", "true").Run().Exits(0);
        int one = LayerCount();
        _ = FastRun("exec", "--no-workspace", Images.Configured, "--", "true").Run().Exits(0);
        Assert.Equal(one + 1, LayerCount());

        int LayerCount() => Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Count(path => !Path.GetFileName(path).StartsWith('_'));
    }

    [Fact]
    public void Exec_IndexOfSeveralPlatforms_TakesTheHosts() =>
        Assert.Equal("host", FastRun("exec", "--no-workspace", Images.MultiPlatform, "--", "cat", "/platform").Run().Output);

    [Fact]
    public void Exec_PlatformAsked_TakesThatOne() =>
        Assert.Equal(
            "s390x",
            FastRun("exec", "--no-workspace", "--platform", "linux/s390x", Images.MultiPlatform, "--", "cat", "/platform").Run().Output);

    [Fact]
    public void Exec_RealDebianRoot_Works()
    {
        CommandResult result = FastRun(
            "exec", "--no-workspace", Images.Debian, "--", "sh", "-c", "dpkg --audit && printf 'all:\\n\\t@echo made\\n' | make -f -").Run();
        Assert.Equal("made", result.Output);
    }

    [Fact]
    public void Images_AfterUse_ListsThem_RmiRemovesThem()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        Assert.Contains("busybox", FastRun("images").Run().Output, StringComparison.Ordinal);

        _ = FastRun("rmi", "example.test/busybox:1.0").Run().Exits(0);

        Assert.DoesNotContain("busybox", FastRun("images").Run().Output, StringComparison.Ordinal);
        _ = FastRun("rmi", "example.test/busybox:1.0").Run().FailsWith(1, "example.test/busybox:1.0");
    }

    [Fact]
    public void Inspect_Image_ShowsItsConfig()
    {
        _ = FastRun("exec", "--no-workspace", Images.Configured, "--", "true").Run().Exits(0);
        string json = FastRun("inspect", Images.Configured).Run().Output;
        Assert.Contains("FROM_IMAGE=1", json, StringComparison.Ordinal);
        Assert.Contains("/srv/app", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_SameImageFromTenProcessesAtOnce_AllRunAndUnpackOnce()
    {
        List<System.Threading.Tasks.Task<CommandResult>> runs =
            [.. Enumerable.Range(0, 10).Select(_ => System.Threading.Tasks.Task.Run(() => Exec([], "echo", "hello")))];
        Assert.All(runs, run => Assert.Equal("hello", run.Result.Output));
        Assert.Single(Directory.GetDirectories(Path.Combine(Roots.Data, "layers")), path => !Path.GetFileName(path).StartsWith('_'));
    }
}
