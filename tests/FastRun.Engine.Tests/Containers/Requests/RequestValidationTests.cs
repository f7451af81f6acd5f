using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Tests.Containers.Requests;

/// <summary>The messages are those of Docker's daemon where it makes the same check.</summary>
public sealed class RequestValidationTests
{
    private static readonly ContainerCreateRequest s_plain = new() { Image = "img" };

    private static EngineException Refused(ContainerCreateRequest request) =>
        Assert.Throws<EngineException>(() => RequestValidation.Check(request));

    private static void AssertRefused(string message, ContainerCreateRequest request) =>
        Assert.Equal(message, Refused(request).Message);

    private static ContainerCreateRequest With(CgroupLimits limits) => s_plain with { Limits = limits };

    private static ContainerCreateRequest With(params MountRequest[] mounts) => s_plain with { Mounts = mounts };

    [Fact]
    public void Check_PlainRequest_Passes() => RequestValidation.Check(s_plain);

    [Fact]
    public void Check_NoImage_IsRefused() => AssertRefused("invalid reference format: the image's name is empty", s_plain with { Image = "" });

    [Theory]
    [InlineData("-x")]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("..")]
    public void Check_BadName_IsRefused(string name) => AssertRefused(
        $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", s_plain with { Name = name });

    [Theory]
    [InlineData("web")]
    [InlineData("a_b.c-1")]
    [InlineData("0123456789012345678901234567890123456789.example-very-long.local")]
    public void Check_Hostname_Passes(string name) => RequestValidation.Check(s_plain with { Hostname = name });

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("0123456789012345678901234567890123456789.0123456789012345678901234")]
    public void Check_BadHostname_IsRefused(string name) =>
        AssertRefused($"invalid hostname format: {name}", s_plain with { Hostname = name });

    [Theory]
    [InlineData("root")]
    [InlineData("0")]
    [InlineData("2147483647:2147483647")]
    [InlineData("www-data:users")]
    [InlineData("1000:docker")]
    public void Check_User_Passes(string user) => RequestValidation.Check(s_plain with { User = user });

    [Theory]
    [InlineData("2147483648")]
    [InlineData("4294967296")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("root:2147483648")]
    [InlineData("99999999999999999999")]
    public void Check_ImpossibleUid_IsRefused(string user) => AssertRefused(
        $"invalid user: '{user}': uids and gids must be in range 0-2147483647", s_plain with { User = user });

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("root:")]
    [InlineData(":0")]
    [InlineData("a:b:c")]
    [InlineData("a\nroot")]
    public void Check_MalformedUser_IsRefused(string user) =>
        Assert.Equal(ErrorKind.InvalidArgument, Refused(s_plain with { User = user }).Kind);

    [Theory]
    [InlineData("src")]
    [InlineData("")]
    [InlineData("/a\0b")]
    public void Check_RelativeWorkingDirectory_IsRefused(string directory) => AssertRefused(
        $"the working directory '{directory}' is invalid, it needs to be an absolute path",
        s_plain with { WorkingDir = directory });

    [Theory]
    [InlineData("")]
    [InlineData("=x")]
    [InlineData("A=\0")]
    public void Check_BadVariable_IsRefused(string variable) =>
        AssertRefused($"invalid environment variable: {variable}", s_plain with { Env = [variable] });

    [Fact]
    public void Check_UnknownStopSignal_IsRefused() =>
        AssertRefused("invalid signal: FOO", s_plain with { StopSignal = "FOO" });

    [Fact]
    public void Check_NoTime_IsRefused() =>
        AssertRefused("the timeout must be longer than nothing", s_plain with { Timeout = TimeSpan.Zero });

    [Fact]
    public void Check_UlimitAboveItself_IsRefused() =>
        AssertRefused("invalid ulimit: nofile=2:1", s_plain with { Ulimits = [new Ulimit("nofile", 2, 1)] });

    [Fact]
    public void Check_Memory_NeedsSixMegabytes()
    {
        RequestValidation.Check(With(new CgroupLimits { MemoryBytes = 6 << 20 }));
        AssertRefused("Minimum memory limit allowed is 6MB", With(new CgroupLimits { MemoryBytes = (6 << 20) - 1 }));
    }

    [Fact]
    public void Check_MemorySwap_NeedsMemoryAndAtLeastAsMuch()
    {
        const long Gigabyte = 1 << 30;
        RequestValidation.Check(With(new CgroupLimits { MemoryBytes = Gigabyte, MemorySwapBytes = Gigabyte }));
        RequestValidation.Check(With(new CgroupLimits { MemoryBytes = Gigabyte, MemorySwapBytes = -1 }));
        AssertRefused(
            "You should always set the Memory limit when using Memoryswap limit, see usage",
            With(new CgroupLimits { MemorySwapBytes = Gigabyte }));
        AssertRefused(
            "Minimum memoryswap limit should be larger than memory limit, see usage",
            With(new CgroupLimits { MemoryBytes = Gigabyte, MemorySwapBytes = Gigabyte - 1 }));
        AssertRefused(
            "invalid memory swap limit: -2", With(new CgroupLimits { MemoryBytes = Gigabyte, MemorySwapBytes = -2 }));
    }

    [Theory]
    [InlineData(9_999_999)]
    [InlineData(-1_000_000_000)]
    [InlineData(4_000_000_001)]
    public void CheckLimits_CpusOutOfRange_AreRefused(long nano) => Assert.Equal(
        "range of CPUs is from 0.01 to 4.00, as there are only 4 CPUs available",
        Assert.Throws<EngineException>(
            () => RequestValidation.CheckLimits(new CgroupLimits { NanoCpus = nano }, cpus: 4)).Message);

    [Fact]
    public void CheckLimits_AllCpus_Pass() =>
        RequestValidation.CheckLimits(new CgroupLimits { NanoCpus = 4_000_000_000 }, cpus: 4);

    [Theory]
    [InlineData("0")]
    [InlineData("0-2,4")]
    [InlineData("1,1")]
    public void Check_CpuList_Passes(string list) => RequestValidation.Check(With(new CgroupLimits { CpusetCpus = list }));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("2-1")]
    [InlineData("1,")]
    [InlineData("-1")]
    [InlineData("0-")]
    [InlineData("99999")]
    [InlineData("0 1")]
    public void Check_BadCpuList_IsRefused(string list) =>
        AssertRefused($"Invalid value {list} for cpuset cpus", With(new CgroupLimits { CpusetCpus = list }));

    [Fact]
    public void Check_MemoryReservation_IsBelowTheLimit()
    {
        RequestValidation.Check(With(new CgroupLimits { MemoryReservationBytes = 6 << 20 }));
        RequestValidation.Check(With(new CgroupLimits { MemoryBytes = 6 << 20, MemoryReservationBytes = 6 << 20 }));
        AssertRefused("Minimum memory reservation allowed is 6MB", With(new CgroupLimits { MemoryReservationBytes = (6 << 20) - 1 }));
        AssertRefused(
            "Minimum memory limit can not be less than memory reservation limit, see usage",
            With(new CgroupLimits { MemoryBytes = 7 << 20, MemoryReservationBytes = 8 << 20 }));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Check_Swappiness_IsAPercentage(long swappiness, bool valid)
    {
        ContainerCreateRequest request = With(new CgroupLimits { MemorySwappiness = swappiness });
        if (valid)
        {
            RequestValidation.Check(request);
        }
        else
        {
            AssertRefused($"Invalid value: {swappiness}, valid memory swappiness range is 0-100", request);
        }
    }

    [Fact]
    public void Check_CpuPeriodAndQuota_AreInTheKernelsRange()
    {
        RequestValidation.Check(With(new CgroupLimits { CpuPeriodMicroseconds = 1000, CpuQuotaMicroseconds = 1000 }));
        RequestValidation.Check(With(new CgroupLimits { CpuPeriodMicroseconds = 1_000_000, CpuQuotaMicroseconds = -1 }));
        const string Period = "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)";
        AssertRefused(Period, With(new CgroupLimits { CpuPeriodMicroseconds = 999 }));
        AssertRefused(Period, With(new CgroupLimits { CpuPeriodMicroseconds = 1_000_001 }));
        AssertRefused("CPU cfs quota can not be less than 1ms (i.e. 1000)", With(new CgroupLimits { CpuQuotaMicroseconds = 999 }));
        AssertRefused(
            "Conflicting options: Nano CPUs and CPU Period cannot both be set",
            With(new CgroupLimits { NanoCpus = 10_000_000, CpuPeriodMicroseconds = 1000 }));
        AssertRefused(
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set",
            With(new CgroupLimits { NanoCpus = 10_000_000, CpuQuotaMicroseconds = 1000 }));
    }

    [Fact]
    public void Check_OomScoreAndMemoryNodes_AreChecked()
    {
        RequestValidation.Check(s_plain with { OomScoreAdjustment = -1000 });
        RequestValidation.Check(s_plain with { OomScoreAdjustment = 1000 });
        AssertRefused("Invalid value 1001, range for oom score adj is [-1000, 1000]", s_plain with { OomScoreAdjustment = 1001 });
        AssertRefused("Invalid value -1001, range for oom score adj is [-1000, 1000]", s_plain with { OomScoreAdjustment = -1001 });
        AssertRefused("Invalid value 1- for cpuset mems", With(new CgroupLimits { CpusetMems = "1-" }));
    }

    [Fact]
    public void Check_OtherLimitsOutOfRange_AreRefused()
    {
        Refused(With(new CgroupLimits { CpuShares = 1 }));
        Refused(With(new CgroupLimits { CpuShares = 262145 }));
        Refused(With(new CgroupLimits { CpuShares = -5 }));
        Refused(With(new CgroupLimits { Pids = -2 }));
        AssertRefused("range of blkio weight is from 10 to 1000", With(new CgroupLimits { BlkioWeight = 9 }));
        AssertRefused("range of blkio weight is from 10 to 1000", With(new CgroupLimits { BlkioWeight = 1001 }));
    }

    [Fact]
    public void Check_Mounts_NeedAbsolutePaths()
    {
        AssertRefused(
            "invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute",
            With(new MountRequest { Kind = MountKind.Bind, Source = "/a", Target = "b" }));
        AssertRefused(
            "invalid mount config for type \"bind\": invalid mount path: 'a' mount path must be absolute",
            With(new MountRequest { Kind = MountKind.Bind, Source = "a", Target = "/b" }));
        AssertRefused(
            "invalid specification: destination can't be '/'",
            With(new MountRequest { Kind = MountKind.Tmpfs, Target = "/x/../" }));
    }

    [Fact]
    public void Check_SameTargetTwice_IsRefusedHoweverItIsSpelt()
    {
        AssertRefused(
            "Duplicate mount point: /a/./b/",
            With(
                new MountRequest { Kind = MountKind.Tmpfs, Target = "/a/b" },
                new MountRequest { Kind = MountKind.Tmpfs, Target = "/a/./b/" }));
        AssertRefused(
            "Duplicate mount point: /w is the workspace",
            With(new MountRequest { Kind = MountKind.Tmpfs, Target = "/w" }) with { Workspace = new Workspace("/x", "/w", false) });
    }

    [Fact]
    public void Check_VolumeName_IsSafeInAPath()
    {
        RequestValidation.Check(With(new MountRequest { Kind = MountKind.Volume, Source = "cache", Target = "/a" }));
        EngineException e = Refused(With(new MountRequest { Kind = MountKind.Volume, Source = "../x", Target = "/a" }));
        Assert.StartsWith("\"../x\" includes invalid characters for a local volume name", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Hint);
    }

    [Fact]
    public void Check_WorkspaceAtRoot_IsRefusedWithAHint() =>
        Assert.NotNull(Refused(s_plain with { Workspace = new Workspace("/", "/", false) }).Hint);

    [Fact]
    public void Check_Device_NeedsAbsolutePathsAndKnownPermissions()
    {
        Refused(s_plain with { Devices = [new DeviceRequest("/dev/null", "/dev/../../x", "rwm")] });
        Refused(s_plain with { Devices = [new DeviceRequest("null", "/dev/null", "rwm")] });
        AssertRefused("bad mode specified: x", s_plain with { Devices = [new DeviceRequest("/dev/null", "/dev/null", "x")] });
    }

    [Theory]
    [InlineData("my/net", "invalid network name 'my/net': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    [InlineData("..", "invalid network name '..': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    [InlineData("container:", "invalid container format container:<name|id>")]
    [InlineData("", "the network's name is empty")]
    public void Check_NetworkMode_IsChecked(string network, string message) => AssertRefused(message, s_plain with { Network = network });

    [Fact]
    public void Check_ContainerMode_LeavesNamesToTheOther()
    {
        ContainerCreateRequest shared = s_plain with { Network = "container:web" };
        RequestValidation.Check(shared);
        AssertRefused("conflicting options: hostname and the network mode", shared with { Hostname = "x" });
        AssertRefused("conflicting options: dns and the network mode", shared with { Dns = ["1.1.1.1"] });
        AssertRefused("conflicting options: custom host-to-IP mapping and the network mode", shared with { ExtraHosts = ["db:10.0.0.1"] });
    }

    [Fact]
    public void Check_NetworkNames_AreChecked()
    {
        AssertRefused("IP address is not correctly formatted: 1.2.3", s_plain with { Dns = ["1.2.3"] });
        AssertRefused(".. is not a valid domain", s_plain with { DnsSearch = [".."] });
        AssertRefused("invalid DNS option: 'a\nb'", s_plain with { DnsOptions = ["a\nb"] });
        Refused(s_plain with { ExtraHosts = ["a\nb:1.2.3.4"] });
        RequestValidation.Check(s_plain with
        {
            Dns = ["1.1.1.1", "::1"],
            DnsSearch = [".", "example.com"],
            DnsOptions = ["ndots:2"],
            ExtraHosts = ["db:10.0.0.1"],
        });
    }

    [Theory]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("net.ipv4.conf.eth0.rp_filter")]
    [InlineData("kernel.shmmax")]
    [InlineData("kernel.shm_rmid_forced")]
    [InlineData("fs.mqueue.msg_max")]
    public void Check_NamespacedSysctl_Passes(string name) => RequestValidation.Check(WithSysctl(name));

    [Theory]
    [InlineData("kernel.hostname")]
    [InlineData("kernel.core_pattern")]
    [InlineData("kernel.shmmax2")]
    [InlineData("vm.swappiness")]
    [InlineData("net")]
    [InlineData("net.")]
    [InlineData("net./../kernel/core_pattern")]
    [InlineData("net...kernel.core_pattern")]
    [InlineData("fs.mqueue./x")]
    [InlineData("")]
    public void Check_OtherSysctl_IsRefused(string name) =>
        AssertRefused($"sysctl '{name}' is not allowed", WithSysctl(name));

    [Fact]
    public void Check_NetSysctlOnTheHostsNetwork_IsRefused() => AssertRefused(
        "sysctl 'net.ipv4.ip_forward' not allowed in host network namespace",
        WithSysctl("net.ipv4.ip_forward") with { Network = "host" });

    [Theory]
    [InlineData("seccomp=unconfined")]
    [InlineData("seccomp=/etc/profile.json")]
    [InlineData("no-new-privileges")]
    [InlineData("no-new-privileges:true")]
    [InlineData("no-new-privileges=false")]
    [InlineData("apparmor=unconfined")]
    [InlineData("label=disable")]
    [InlineData("label:disable")]
    public void Check_SecurityOption_Passes(string option) =>
        RequestValidation.Check(s_plain with { SecurityOpt = [option] });

    [Theory]
    [InlineData("foo", ErrorKind.InvalidArgument)]
    [InlineData("", ErrorKind.InvalidArgument)]
    [InlineData("seccomp", ErrorKind.InvalidArgument)]
    [InlineData("seccomp=", ErrorKind.InvalidArgument)]
    [InlineData("no-new-privileges=maybe", ErrorKind.InvalidArgument)]
    [InlineData("apparmor=docker-default", ErrorKind.Unsupported)]
    [InlineData("label=type:svirt_t", ErrorKind.Unsupported)]
    public void Check_OtherSecurityOption_IsRefused(string option, ErrorKind kind) =>
        Assert.Equal(kind, Refused(s_plain with { SecurityOpt = [option] }).Kind);

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("/a/../../b")]
    public void Check_CgroupParentThatClimbs_IsRefused(string parent) =>
        AssertRefused($"invalid cgroup parent: '{parent}'", s_plain with { CgroupParent = parent });

    [Fact]
    public void Check_LabelWithoutName_IsRefused() => AssertRefused(
        "invalid label '': empty name", s_plain with { Labels = new Dictionary<string, string> { [""] = "x" } });

    private static ContainerCreateRequest WithSysctl(string name) =>
        s_plain with { Sysctls = new Dictionary<string, string> { [name] = "1" } };
}
