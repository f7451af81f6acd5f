using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>The guest is what the other tests believe it to be, and the binary works there at all.</summary>
public abstract class SmokeTests(SharedGuest shared, string release) : GuestTest(shared)
{
    private static readonly string[] s_controllers = ["cpuset", "cpu", "io", "memory", "pids"];

    [Fact]
    public void Kernel_IsTheOneThatTheTestsName() => Assert.StartsWith(release + ".", Guest.Run("uname", "-r").Output);

    [Fact]
    public void Run_ExitCodeAndBothStreams_ArriveAsTheyAre()
    {
        CommandResult result = Guest.Run("sh", "-c", "printf 'out \\344'; echo \"$0\" >&2; exit 7", "it's \"quoted\" $HOME");

        Assert.Equal("out \uFFFD", result.Exits(7).Stdout);
        Assert.Equal("it's \"quoted\" $HOME\n", result.Stderr);
    }

    [Fact]
    public void Script_TooSlow_IsKilledAndTheNextOneRuns()
    {
        Assert.Equal(137, Guest.Script("exec sleep 600", TimeSpan.FromSeconds(1)).ExitCode);
        Assert.Equal("still here", Guest.Run("echo", "still here").Output);
    }

    [Fact]
    public void Clock_GoesAsFastAsTheMachines()
    {
        Stopwatch clock = Stopwatch.StartNew();
        double first = Uptime();
        TimeSpan afterFirst = clock.Elapsed;
        Thread.Sleep(1000);
        TimeSpan beforeSecond = clock.Elapsed;
        double passed = Uptime() - first;
        Assert.InRange(passed, ((beforeSecond - afterFirst).TotalSeconds * 0.99) - 0.02, (clock.Elapsed.TotalSeconds * 1.01) + 0.02);
    }

    [Fact]
    public void Cgroups_ArePureVersionTwoWithAllControllers()
    {
        Assert.Equal("cgroup2", Guest.Script("awk '$3 ~ /^cgroup/ { print $3 }' /proc/mounts").Output);
        string[] enabled = Guest.Run("cat", "/sys/fs/cgroup/cgroup.subtree_control").Output.Split(' ');
        Assert.Empty(s_controllers.Except(enabled));
    }

    [Fact]
    public void Version_IsThatOfTheBinary() =>
        Assert.Equal(Command.Output(Repository.Binary, "version"), Guest.FastRun("version").Output);

    [Fact]
    public void Info_SaysCgroupVersionTwo() =>
        Assert.Contains("Cgroup Version: 2", Guest.FastRun("info").Lines);

    [Fact]
    public void Modules_AreLoadedWhenTheKernelAsks() =>
        Assert.Contains("bridge", Guest.Script("ip link add smoke type bridge && ls /sys/class/net/smoke && ip link del smoke").Output);

    private double Uptime() => double.Parse(Guest.Run("cat", "/proc/uptime").Output.Split(' ')[0], CultureInfo.InvariantCulture);
}

[Collection<Linux61Collection>]
public sealed class SmokeOnLinux61(Linux61 shared) : SmokeTests(shared, "6.1");

[Collection<Linux612Collection>]
public sealed class SmokeOnLinux612(Linux612 shared) : SmokeTests(shared, "6.12")
{
    [Fact]
    public void Exec_Busybox_RunsTheCommand() =>
        Assert.Equal("hello", Guest.FastRun("exec", "--no-workspace", GuestImages.Busybox, "--", "echo", "hello").Output);
}
