using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.Native.Cgroups;

namespace FastRun.Native.Tests.Cgroups;

/// <summary>What the kernel enforces for a group that was made here, on whichever hierarchy has the controller.</summary>
[Trait("Category", "Root")]
[Trait("Category", "Kernel")]
public sealed class CgroupTests
{
    [Fact]
    public void Create_WithoutLimits_MakesOneGroupAndNothingElse()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        Assert.Single(sandbox.Cgroup.Locations);
        Assert.Empty(sandbox.Cgroup.V1Procs);
        Assert.StartsWith(":fastrun/default-", sandbox.Cgroup.Locations[0], StringComparison.Ordinal);
        Assert.Equal("0", File.ReadAllText(sandbox.Directories[0] + "/cgroup.freeze").Trim());
    }

    [Fact]
    public void Create_NameInUse_SaysSoAndLeavesTheOther()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        string name = Path.GetFileName(sandbox.Directories[0]);
        SyscallException exception = Assert.Throws<SyscallException>(
            () => Cgroup.Create(sandbox.Hierarchy, null, name, new(), DevicePolicy.Default));
        Assert.Equal(Errno.EEXIST, exception.Errno);
        Assert.True(Directory.Exists(sandbox.Directories[0]));
    }

    [Fact]
    public void Create_MemoryLimit_OomKillIsDetected()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { MemoryBytes = 16 << 20 });
        Assert.False(sandbox.Cgroup.OomKilled());
        (int exitCode, _) = sandbox.Run("x=$(head -c 100000000 /dev/zero | tr '\\0' a); echo $?");
        Assert.NotEqual(0, exitCode);
        Assert.True(sandbox.Cgroup.OomKilled());
        Assert.InRange(sandbox.Cgroup.ReadStatistics().MemoryPeakBytes!.Value, 8 << 20, 16 << 20);
    }

    [Fact]
    public void Create_PidsLimit_ForkFailsBeyondIt()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { Pids = 5 });
        (_, string output) = sandbox.Run("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; kill $(jobs -p)");
        Assert.Contains("fork", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(5, sandbox.Cgroup.ReadStatistics().PidsPeak ?? 5);
    }

    [Fact]
    public void Create_CpuQuota_ThrottlingIsCounted()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { NanoCpus = 100_000_000 });
        Stopwatch watch = Stopwatch.StartNew();
        sandbox.Run("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done");
        CgroupStatistics statistics = sandbox.Cgroup.ReadStatistics();
        Assert.True(statistics.CpuThrottledPeriods > 0, $"{statistics} after {watch.Elapsed}");
        Assert.True(statistics.CpuThrottledMicroseconds > 0);
        Assert.True(statistics.CpuMicroseconds > 0);
    }

    [Fact]
    public void Create_Cpuset_ProcessRunsOnThoseCpusOnly()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { CpusetCpus = "0" });
        Assert.Contains("Cpus_allowed_list:\t0\n", sandbox.Run("cat /proc/self/status").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_CpusetBeyondTheHost_IsRefusedWithTheReasonAndLeavesNothing()
    {
        string name = SandboxFixture.UniqueName();
        CgroupUnsupportedException exception = Assert.Throws<CgroupUnsupportedException>(
            () => SandboxFixture.Create(new() { MemoryBytes = 64 << 20, CpusetCpus = "0,4095" }, name: name));
        Assert.StartsWith("this host cannot run a sandbox on CPUs 0,4095: it has CPUs ", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Groups(name));
    }

    [Fact]
    public void Create_CpuShares_AreSet()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { CpuShares = 512 });
        string file = sandbox.Hierarchy.Unified ? "cpu.weight" : "cpu.shares";
        Assert.Equal(sandbox.Hierarchy.Unified ? "59" : "512", File.ReadAllText(Path.Combine(sandbox.Directories[^1], file)).Trim());
    }

    [Fact]
    public void Create_BlkioWeightThatNoDeviceObeys_IsRefusedAndLeavesNothing()
    {
        if (File.Exists("/sys/fs/cgroup/cgroup.controllers")
            || Directory.EnumerateDirectories("/sys/block").Any(
                device => File.Exists(device + "/queue/scheduler")
                    && File.ReadAllText(device + "/queue/scheduler").Contains("[bfq]", StringComparison.Ordinal)))
        {
            Assert.Skip("this host may have a device that obeys a weight");
        }

        string name = SandboxFixture.UniqueName();
        CgroupUnsupportedException exception = Assert.Throws<CgroupUnsupportedException>(
            () => SandboxFixture.Create(new() { BlkioWeight = 500 }, name: name));
        Assert.Equal("this host cannot limit block I/O weight: no block device uses the bfq scheduler", exception.Message);
        Assert.Empty(Groups(name));
    }

    [Fact]
    public void Create_RefusedValue_LeavesNothing()
    {
        string name = SandboxFixture.UniqueName();
        Assert.Throws<SyscallException>(() => SandboxFixture.Create(new() { Pids = 10, MemoryBytes = 64 << 20, MemorySwapBytes = 1 }, name: name));
        Assert.Empty(Groups(name));
    }

    [Fact]
    public void Create_Delegated_HasALeafThatGoesWithIt()
    {
        string name = SandboxFixture.UniqueName();
        using (CgroupHierarchy hierarchy = CgroupHierarchy.Detect())
        using (SandboxFixture sandbox = SandboxFixture.Create(devices: DevicePolicy.Unrestricted, name: name, delegated: true))
        {
            Assert.NotNull(sandbox.Cgroup.LeafProcs);
            Assert.Equal("", File.ReadAllText(sandbox.Directories[0] + "/init/cgroup.procs"));
            if (hierarchy.Unified)
            {
                Assert.Contains("memory", File.ReadAllText(sandbox.Directories[0] + "/cgroup.controllers"), StringComparison.Ordinal);
            }
        }

        Assert.Empty(Groups(name));
    }

    [Fact]
    public void Create_RateOfADeviceThatIsNotThere_IsRefusedAndLeavesNothing()
    {
        string name = SandboxFixture.UniqueName();
        BlockRate rate = new(new Native.Filesystem.DeviceNumber(4095, 0), BlockRateKind.ReadBytes, 1 << 20);
        Assert.Equal(
            Errno.ENODEV,
            Assert.Throws<SyscallException>(() => SandboxFixture.Create(new() { BlkioRates = [rate] }, name: name)).Errno);
        Assert.Empty(Groups(name));
    }

    [Fact]
    public void Kill_Forks_EndsAll()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        using Process process = sandbox.Start("setsid sleep 100 & setsid sleep 100 & echo up; wait");
        process.StandardOutput.ReadLine();
        sandbox.Cgroup.Kill();
        process.WaitForExit();
        Assert.Equal(137, process.ExitCode);
        Assert.True(Native.Cgroups.CgroupEvents.Wait(Member(sandbox), "populated", 0, 5000));
    }

    [Fact]
    public void Kill_OfAGroupThatHasBeenRemoved_IsDone()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        Directory.Delete(sandbox.Directories[0]);
        sandbox.Cgroup.Kill();
        Assert.False(Directory.Exists(sandbox.Directories[0]));
    }

    [Fact]
    public void Freeze_RunningProcess_StopsUntilThawed()
    {
        using SandboxFixture sandbox = SandboxFixture.Create();
        using Process process = sandbox.Start("echo up; while :; do :; done");
        process.StandardOutput.ReadLine();
        sandbox.Cgroup.Freeze();
        long before = sandbox.Cgroup.ReadStatistics().CpuMicroseconds!.Value;
        System.Threading.Thread.Sleep(50);
        Assert.Equal(before, sandbox.Cgroup.ReadStatistics().CpuMicroseconds!.Value);
        sandbox.Cgroup.Thaw();
        System.Threading.Thread.Sleep(50);
        Assert.True(sandbox.Cgroup.ReadStatistics().CpuMicroseconds > before);
        sandbox.Cgroup.Kill();
        process.WaitForExit();
    }

    [Fact]
    public void Remove_ProcessesAndGroupsInside_EndsAndRemovesThem()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { MemoryBytes = 64 << 20, Pids = 20 });
        string inner = Path.Combine(sandbox.Directories[0], "inner", "deeper");
        Directory.CreateDirectory(inner);
        using Process process = sandbox.Start($"sleep 100 & echo $! > {inner}/cgroup.procs; echo up; wait");
        process.StandardOutput.ReadLine();
        sandbox.Cgroup.Remove();
        Assert.DoesNotContain(sandbox.Directories, Directory.Exists);
    }

    [Fact]
    public void Open_LocationsOfAnother_IsTheSameCgroup()
    {
        using SandboxFixture sandbox = SandboxFixture.Create(new() { MemoryBytes = 64 << 20 });
        using Cgroup? again = Cgroup.Open(sandbox.Hierarchy, sandbox.Cgroup.Locations);
        Assert.NotNull(again);
        Assert.Equal(sandbox.Cgroup.Locations, again.Locations);
        again.Remove();
        Assert.Null(Cgroup.Open(sandbox.Hierarchy, sandbox.Cgroup.Locations));
    }

    [Fact]
    public void Create_InNamedParent_MakesItAndRemovesItWithTheLast()
    {
        string parent = SandboxFixture.UniqueName() + "/inner";
        string directory;
        using (SandboxFixture sandbox = SandboxFixture.Create(new() { CpusetCpus = "0" }, parent: "/" + parent + "/"))
        {
            directory = Path.GetDirectoryName(sandbox.Directories[0])!;
            Assert.EndsWith(parent, directory, StringComparison.Ordinal);
            Assert.All(sandbox.Directories, path => Assert.Contains(parent, path, StringComparison.Ordinal));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(directory)));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Create_ParentThatLeavesTheRoot_IsRefused(string parent)
    {
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        Assert.Throws<FormatException>(() => Cgroup.Create(hierarchy, parent, "x", new(), DevicePolicy.Default));
    }

    private static CgroupDirectory Member(SandboxFixture sandbox) =>
        sandbox.Hierarchy.V2.TryOpenChild(sandbox.Cgroup.Locations[0][1..])!;

    /// <summary>Every group of a name, in all hierarchies.</summary>
    private static IEnumerable<string> Groups(string name) =>
        Directory.EnumerateDirectories("/sys/fs/cgroup", "*" + name, SearchOption.AllDirectories);
}
