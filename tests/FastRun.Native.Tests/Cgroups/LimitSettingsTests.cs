using System.Collections.Generic;
using System.Linq;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Cgroups;

/// <summary>Limits as control files. The expected values are worked out from cgroup-v2.rst, cgroup-v1 and runc's tests.</summary>
public sealed class LimitSettingsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1024, 100)]
    [InlineData(512, 59)]
    [InlineData(262144, 10000)]
    [InlineData(999999, 10000)]
    public void FromShares_KnownPoints_AreMet(long shares, long weight) => Assert.Equal(weight, CpuWeight.FromShares(shares));

    [Fact]
    public void FromShares_MoreShares_NeverLessWeight()
    {
        long before = 0;
        for (long shares = 2; shares <= 262144; shares += 97)
        {
            long weight = CpuWeight.FromShares(shares);
            Assert.InRange(weight, before, 10000);
            before = weight;
        }
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(500, 4950)]
    [InlineData(1000, 10000)]
    public void FromBlkio_KnownPoints_AreMet(int blkio, long weight) => Assert.Equal(weight, CpuWeight.FromBlkio(blkio));

    [Theory]
    [InlineData(100L << 20, null, "memory.max=104857600 memory.swap.max=104857600")]
    [InlineData(100L << 20, 100L << 20, "memory.max=104857600 memory.swap.max=0")]
    [InlineData(100L << 20, 150L << 20, "memory.max=104857600 memory.swap.max=52428800")]
    [InlineData(100L << 20, -1L, "memory.max=104857600 memory.swap.max=max")]
    [InlineData(-1L, null, "memory.max=max")]
    public void Memory_OnV2_CountsSwapApart(long memory, long? swap, string expected) => Assert.Equal(
        expected, Written("memory", CgroupVersion.V2, new() { MemoryBytes = memory, MemorySwapBytes = swap }));

    [Theory]
    [InlineData(100L << 20, null, "memory.limit_in_bytes=104857600 memory.memsw.limit_in_bytes=209715200")]
    [InlineData(100L << 20, 150L << 20, "memory.limit_in_bytes=104857600 memory.memsw.limit_in_bytes=157286400")]
    [InlineData(100L << 20, -1L, "memory.limit_in_bytes=104857600 memory.memsw.limit_in_bytes=-1")]
    public void Memory_OnV1_CountsSwapTogether(long memory, long? swap, string expected) => Assert.Equal(
        expected, Written("memory", CgroupVersion.V1, new() { MemoryBytes = memory, MemorySwapBytes = swap }));

    [Theory]
    [InlineData(1_500_000_000, "cpu.max=150000 100000", "cpu.cfs_period_us=100000 cpu.cfs_quota_us=150000")]
    [InlineData(1_000_000, "cpu.max=1000 100000", "cpu.cfs_period_us=100000 cpu.cfs_quota_us=1000")]
    public void Cpu_Quota_IsOfATenthOfASecond(long nanoCpus, string v2, string v1)
    {
        Assert.Equal(v2, Written("cpu", CgroupVersion.V2, new() { NanoCpus = nanoCpus }));
        Assert.Equal(v1, Written("cpu", CgroupVersion.V1, new() { NanoCpus = nanoCpus }));
    }

    [Theory]
    [InlineData(20_000L, 50_000L, "cpu.max=20000 50000", "cpu.cfs_period_us=50000 cpu.cfs_quota_us=20000")]
    [InlineData(20_000L, null, "cpu.max=20000 100000", "cpu.cfs_period_us=100000 cpu.cfs_quota_us=20000")]
    [InlineData(-1L, null, "cpu.max=max 100000", "cpu.cfs_period_us=100000 cpu.cfs_quota_us=-1")]
    [InlineData(null, 50_000L, "cpu.max=max 50000", "cpu.cfs_period_us=50000 cpu.cfs_quota_us=-1")]
    public void Cpu_PeriodAndQuota_AreWritten(long? quota, long? period, string v2, string v1)
    {
        CgroupLimits limits = new() { CpuQuotaMicroseconds = quota, CpuPeriodMicroseconds = period };
        Assert.Equal(v2, Written("cpu", CgroupVersion.V2, limits));
        Assert.Equal(v1, Written("cpu", CgroupVersion.V1, limits));
    }

    [Fact]
    public void Memory_Reservation_IsLowOnV2AndSoftOnV1()
    {
        CgroupLimits limits = new() { MemoryReservationBytes = 32 << 20 };
        Assert.Equal("memory.low=33554432", Written("memory", CgroupVersion.V2, limits));
        Assert.Equal("memory.soft_limit_in_bytes=33554432", Written("memory", CgroupVersion.V1, limits));
    }

    [Fact]
    public void Memory_WhatOnlyV1Has_IsAnErrorOnV2()
    {
        CgroupLimits swappiness = new() { MemorySwappiness = 10 };
        CgroupLimits oomKiller = new() { OomKillDisable = true };
        Assert.Equal("memory.swappiness=10", Written("memory", CgroupVersion.V1, swappiness));
        Assert.Equal("memory.oom_control=1", Written("memory", CgroupVersion.V1, oomKiller));
        Assert.Equal(
            "this host cannot set the swappiness of a sandbox: cgroup v2 has no such setting",
            Assert.Throws<CgroupUnsupportedException>(() => Written("memory", CgroupVersion.V2, swappiness)).Message);
        Assert.Equal(
            "this host cannot disable the OOM killer for a sandbox: cgroup v2 has no such setting",
            Assert.Throws<CgroupUnsupportedException>(() => Written("memory", CgroupVersion.V2, oomKiller)).Message);
    }

    [Fact]
    public void Cpuset_Both_AreWritten() => Assert.Equal(
        "cpuset.cpus=0-1 cpuset.mems=0", Written("cpuset", CgroupVersion.V2, new() { CpusetCpus = "0-1", CpusetMems = "0" }));

    [Theory]
    [InlineData(BlockRateKind.ReadBytes, "io.max=8:16 rbps=1048576", "blkio.throttle.read_bps_device=8:16 1048576")]
    [InlineData(BlockRateKind.WriteBytes, "io.max=8:16 wbps=1048576", "blkio.throttle.write_bps_device=8:16 1048576")]
    [InlineData(BlockRateKind.ReadOperations, "io.max=8:16 riops=1048576", "blkio.throttle.read_iops_device=8:16 1048576")]
    [InlineData(BlockRateKind.WriteOperations, "io.max=8:16 wiops=1048576", "blkio.throttle.write_iops_device=8:16 1048576")]
    public void Blkio_Rates_NameTheDevice(BlockRateKind kind, string v2, string v1)
    {
        CgroupLimits limits = new() { BlkioRates = [new BlockRate(new DeviceNumber(8, 16), kind, 1048576)] };
        Assert.True(limits.Any);
        Assert.Equal(v2, Written("blkio", CgroupVersion.V2, limits));
        Assert.Equal(v1, Written("blkio", CgroupVersion.V1, limits));
    }

    [Fact]
    public void Blkio_WeightForADeviceThatIsNotThere_IsRefused() => Assert.Equal(
        "this host cannot limit block I/O weight: device 4095:0 does not use the bfq scheduler, nor has it io.cost enabled",
        Assert.Throws<CgroupUnsupportedException>(() => Written(
            "blkio", CgroupVersion.V2, new() { BlkioDeviceWeights = [new BlockDeviceWeight(new DeviceNumber(4095, 0), 100)] })).Message);

    [Theory]
    [InlineData("254:16 enable=1 ctrl=auto rpct=0.00", "254:16", true)]
    [InlineData("254:16 enable=0 ctrl=auto", "254:16", false)]
    [InlineData("8:0 enable=0\n254:16 enable=1", "254:16", true)]
    [InlineData("254:160 enable=1", "254:16", false)]
    [InlineData("", "254:16", false)]
    [InlineData(null, "254:16", false)]
    public void BlockWeight_CostQos_IsReadByDevice(string? qos, string device, bool expected) =>
        Assert.Equal(expected, BlockWeight.CostIsEnabled(qos, device));

    [Fact]
    public void Any_NothingSet_IsFalse()
    {
        Assert.False(new CgroupLimits().Any);
        Assert.False(new CgroupLimits { BlkioRates = new List<BlockRate>(), BlkioDeviceWeights = new List<BlockDeviceWeight>() }.Any);
        Assert.True(new CgroupLimits { OomKillDisable = true }.Any);
        Assert.True(new CgroupLimits { CpusetMems = "0" }.Any);
    }

    [Theory]
    [InlineData(50, "pids.max=50")]
    [InlineData(0, "pids.max=max")]
    [InlineData(-1, "pids.max=max")]
    public void Pids_NotPositive_IsUnlimited(long pids, string expected) =>
        Assert.Equal(expected, Written("pids", CgroupVersion.V2, new() { Pids = pids }));

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,4", new[] { 0, 1, 2, 4 })]
    [InlineData("3,1,2-2", new[] { 1, 2, 3 })]
    public void CpuList_Valid_IsParsed(string text, int[] expected)
    {
        Assert.True(CpusetInheritance.TryParse(text, out SortedSet<int> cpus));
        Assert.Equal(expected, cpus);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2-1")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("a")]
    [InlineData("0-99999999")]
    [InlineData("99999999999999")]
    public void CpuList_Invalid_IsRefused(string text) => Assert.False(CpusetInheritance.TryParse(text, out _));

    [Fact]
    public void MountPoint_ControllerInASet_IsFoundAndUnescaped()
    {
        const string info = """
            25 30 0:22 / /sys rw,nosuid shared:7 - sysfs sysfs rw
            31 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            33 25 0:28 / /odd\040place rw,nosuid master:9 - cgroup cgroup rw,cpu,cpuacct
            """;
        Assert.Equal("/odd place", V1Mounts.MountPoint(info, "cpu"));
        Assert.Equal("/odd place", V1Mounts.MountPoint(info, "cpuacct"));
        Assert.Null(V1Mounts.MountPoint(info, "memory"));
    }

    [Fact]
    public void OwnPath_ControllerInASet_IsFound()
    {
        const string groups = "4:memory:/jobs/a:b\n3:cpu,cpuacct:/x\n0::/y";
        Assert.Equal("/jobs/a:b", V1Mounts.OwnPath(groups, "memory"));
        Assert.Equal("/x", V1Mounts.OwnPath(groups, "cpu"));
        Assert.Null(V1Mounts.OwnPath(groups, "pids"));
    }

    [Fact]
    public void Counters_OfBothVersions_AreSummed()
    {
        Assert.Equal(30, CgroupCounters.SumNested("8:0 rbytes=10 wbytes=1 rios=5\n8:16 rbytes=20 wbytes=2", "rbytes"));
        Assert.Equal(3, CgroupCounters.SumOperation("8:0 Read 10\n8:0 Write 1\n8:16 Write 2\nTotal 13", "Write"));
        Assert.Equal(7, ControlText.Keyed("low 0\noom_kill 7\noom 9", "oom_kill"));
        Assert.Null(ControlText.Keyed("oom_kill_disable 0", "oom_kill"));
    }

    private static string Written(string controller, CgroupVersion version, CgroupLimits limits)
    {
        using CgroupDirectory root = CgroupDirectory.TryOpen("/proc", 0x9fa0)!;
        return string.Join(' ', LimitSettings.For(controller, version, limits, root).Select(setting => $"{setting.File}={setting.Value}"));
    }
}
