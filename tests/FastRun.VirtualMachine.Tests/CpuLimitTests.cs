using System.Globalization;
using System.Linq;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>CPU time, weights and sets on pure cgroup v2.</summary>
public abstract class CpuLimitTests(SharedGuest shared) : GuestTest(shared)
{
    [Fact]
    public void Cpus_SpinningProcess_IsThrottled()
    {
        string[] lines = Sandbox(["--cpus=0.1"], "sh", "-c", "timeout 1 sh -c 'while :; do :; done'; cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu.stat").Lines;
        Assert.Equal("10000 100000", lines[0]);
        string throttled = lines.Single(static line => line.StartsWith("nr_throttled ", System.StringComparison.Ordinal));
        Assert.NotEqual(0, long.Parse(throttled.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ControlFiles_HaveWhatWasAskedFor()
    {
        Assert.Equal(
            ["20000 50000", "174"],
            Sandbox(["--cpu-period=50000", "--cpu-quota=20000", "--cpu-shares=2048"], "sh", "-c", "cd /sys/fs/cgroup && cat cpu.max cpu.weight").Lines);
        Assert.Equal(
            ["1", "0", "1"],
            Sandbox(["--cpuset-cpus=1", "--cpuset-mems=0"], "sh", "-c", "cd /sys/fs/cgroup && nproc && cat cpuset.mems.effective cpuset.cpus.effective").Lines);
    }

    [Fact]
    public void Cpuset_BeyondTheHost_IsRefusedWithWhatThereIs()
    {
        Assert.Equal(
            "fastrun: this host cannot run a sandbox on CPUs 0,7: it has CPUs 0-1\n", Sandbox(["--cpuset-cpus=0,7"], "true").Exits(125).Stderr);
        Assert.Equal(
            "fastrun: this host cannot run a sandbox on memory nodes 1: it has memory nodes 0\n",
            Sandbox(["--cpuset-mems=1"], "true").Exits(125).Stderr);
    }
}

[Collection<Linux61Collection>]
public sealed class CpuLimitsOnLinux61(Linux61 shared) : CpuLimitTests(shared);

[Collection<Linux612Collection>]
public sealed class CpuLimitsOnLinux612(Linux612 shared) : CpuLimitTests(shared);
