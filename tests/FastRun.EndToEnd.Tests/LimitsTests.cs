using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Limits: each is tried against, not just looked up.</summary>
public sealed class LimitsTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Memory_Exceeded_IsKilledWith137()
    {
        _ = Probe(["--memory", "64m", "--memory-swap", "64m"], "allocate", "33554432").Exits(0);
        _ = Probe(["--memory", "64m", "--memory-swap", "64m"], "allocate", "134217728").Exits(137);
    }

    [Fact]
    public void Memory_ChildExceeds_TheChildIsKilled_TheSandboxGoesOnAndItIsSaid()
    {
        CommandResult result = FastRun(
            "exec", "--no-workspace", "--memory=64m", "--memory-swap=64m", Images.Probe, "--", "sh", "-c", "/probe allocate 134217728; echo $?").Run();
        Assert.Equal("137", result.Output);
        Assert.Contains("fastrun: the sandbox ran out of memory, and a process of it was killed\n", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void OomScoreAdj_HigherIsSet_LowerIsSetOrRefusedByTheKernel()
    {
        Assert.Equal("700", Exec(["--oom-score-adj", "700"], "cat", "/proc/self/oom_score_adj").Output);
        CommandResult lower = Exec(["--oom-score-adj=-900"], "cat", "/proc/self/oom_score_adj");
        _ = lower.ExitCode == 0 ? lower : lower.FailsWith(125, "oom score adjustment -900", "CAP_SYS_RESOURCE");
        Assert.Equal(lower.ExitCode == 0 ? "-900\n" : "", lower.Stdout);
    }

    [Fact]
    public void DeviceRates_OfWhatIsNoDisk_AreRefused()
    {
        _ = Exec(["--device-read-bps", "/dev/null:1mb"], "true").FailsWith(125, "/dev/null: not a block device");
        _ = Exec(["--device-write-iops", "/dev/fastrun-none:10"], "true").FailsWith(125, "/dev/fastrun-none: no such file or directory");
    }

    [Fact]
    public void DeviceCgroupRule_LetsASandboxOpenWhatItMakes()
    {
        // 10:229 is /dev/fuse, which this host may lack: then the kernel says ENODEV, but only after the policy has agreed.
        const string Script = "mknod /k c 10 229 && (: < /k) 2>&1; echo";
        Assert.Contains("Operation not permitted", Shell(Script).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Operation not permitted", Shell(Script, "--device-cgroup-rule", "c 10:229 r").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PidsLimit_Exceeded_ForkFailsWithEagain()
    {
        string[] words = Probe(["--pids-limit", "8"], "forks", "20").Output.Split(' ');
        Assert.Equal(["7", "EAGAIN"], words);
        Assert.Equal("20 ok", Probe([], "forks", "20").Output);
    }

    [Fact]
    public void Cpus_Half_TakesTwiceAsLong()
    {
        // A quarter of a processor: 0.4 s of work take at least 1.2 s.
        const string Work = "awk 'BEGIN { for (i = 0; i < 3000000; i++) x += i }'";
        string[] lines = Shell($"time {Work}", "--cpus", "0.25").Stderr.Split('\n');
        double real = Seconds(lines, "real");
        double user = Seconds(lines, "user");
        Assert.True(real > user * 2.5, $"real {real} s, user {user} s");
    }

    [Fact]
    public void CpuShares_AreAccepted() => Exec(["--cpu-shares", "512"], "true").Exits(0);

    [Fact]
    public void CpusetCpus_One_LeavesOneProcessor()
    {
        Assert.Equal("1", Exec(["--cpuset-cpus", "0"], "nproc").Output);
        Assert.Equal(Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture), Exec([], "nproc").Output);
        _ = Exec(["--cpuset-cpus", "4095"], "true").FailsWith(125, "4095");
        Assert.Equal("0", Shell("grep Mems_allowed_list /proc/self/status | cut -f2", "--cpuset-mems", "0").Output);
        _ = Exec(["--cpuset-mems", "4095"], "true").FailsWith(125, "memory nodes 4095");
    }

    [Fact]
    public void BlkioWeight_WhereTheKernelCannot_IsAnErrorThatSaysSo()
    {
        if (File.Exists("/sys/fs/cgroup/blkio/blkio.weight") || File.Exists("/sys/fs/cgroup/blkio/blkio.bfq.weight") ||
            Directory.GetFiles("/sys/fs/cgroup", "io.bfq.weight", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }).Length > 0)
        {
            Assert.Skip("this kernel has blkio weights");
        }

        _ = Exec(["--blkio-weight", "300"], "true").FailsWith(125, "weight");
    }

    [Fact]
    public void Ulimit_SoftAndHard_AreSet()
    {
        string[] lines = Shell("ulimit -Sn; ulimit -Hn; ulimit -c", "--ulimit", "nofile=100:200", "--ulimit=core=0").Lines;
        Assert.Equal(["100", "200", "0"], lines);
        _ = Exec(["--ulimit", "nofile=200:100"], "true").FailsWith(125, "nofile");
        _ = Exec(["--ulimit", "files=1"], "true").FailsWith(125, "files");
    }

    [Theory]
    [InlineData("--memory", "1k")]
    [InlineData("--memory", "lots")]
    [InlineData("--memory", "-5")]
    [InlineData("--cpus", "0.0001")]
    [InlineData("--cpus", "100000")]
    [InlineData("--cpus", "one")]
    [InlineData("--pids-limit", "many")]
    [InlineData("--cpuset-cpus", "a-b")]
    [InlineData("--cpu-shares", "x")]
    [InlineData("--blkio-weight", "5")]
    [InlineData("--blkio-weight-device", "/dev/sda:5")]
    [InlineData("--cpu-period", "10")]
    [InlineData("--cpu-quota", "10")]
    [InlineData("--cpuset-mems", "x")]
    [InlineData("--device-cgroup-rule", "c 1:3")]
    [InlineData("--device-read-bps", "sda:1mb")]
    [InlineData("--kernel-memory", "1g")]
    [InlineData("--memory-reservation", "1k")]
    [InlineData("--memory-swappiness", "101")]
    [InlineData("--oom-score-adj", "5000")]
    [InlineData("--shm-size", "-1")]
    [InlineData("--ulimit", "nofile")]
    [InlineData("--timeout", "soon")]
    [InlineData("--timeout", "-1s")]
    public void Flag_ImpossibleValue_IsRefusedByName(string flag, string value) =>
        Exec([$"{flag}={value}"], "true").FailsWith(125, flag.TrimStart('-').Split('-')[0]);

    [Fact]
    public void MemorySwap_BelowMemory_IsRefused() => Exec(["--memory=64m", "--memory-swap=32m"], "true").FailsWith(125, "swap");

    [Fact]
    public void CgroupParent_IsWhereItRuns()
    {
        string paths = Exec(["--cgroup-parent", "/fastrun-e2e-parent", "--memory", "64m"], "sleep", "0").Exits(0).Stdout;
        Assert.Equal("", paths);
        foreach (string controller in (string[])["memory", "pids", "unified", "cpu", "."])
        {
            string left = Path.Combine("/sys/fs/cgroup", controller, "fastrun-e2e-parent");
            if (Directory.Exists(left))
            {
                Assert.Empty(Directory.GetDirectories(left));
                Directory.Delete(left);
            }
        }
    }

    private static double Seconds(string[] lines, string name)
    {
        string[] time = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))![name.Length..].Trim().TrimEnd('s').Split("m ");
        return (60 * double.Parse(time[0], System.Globalization.CultureInfo.InvariantCulture)) + double.Parse(time[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
