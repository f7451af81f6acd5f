using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>Memory on pure cgroup v2: what is exceeded, and what is said about it.</summary>
public abstract class MemoryLimitTests(SharedGuest shared) : GuestTest(shared)
{
    private const string OutOfMemory = "fastrun: the sandbox ran out of memory, and a process of it was killed\n";

    /// <summary>Fills a block of so many MiB, all of which it holds at once.</summary>
    private static string Hog(int mebibytes) => $"dd if=/dev/zero of=/dev/null bs={mebibytes}M count=1 2>&1 | head -n 1";

    [Fact]
    public void Memory_FirstProcessExceeds_Is137AndSaid()
    {
        CommandResult result = Sandbox(["-m", "32m", "--memory-swap", "32m"], "tail", "/dev/zero").Exits(137);
        Assert.Equal(OutOfMemory, result.Stderr);
    }

    [Fact]
    public void Memory_ChildExceeds_TheSandboxGoesOnAndItIsSaid()
    {
        CommandResult result = Sandbox(["-m", "32m", "--memory-swap", "32m"], "sh", "-c", "tail /dev/zero; echo $?; exit 3").Exits(3);
        Assert.Equal("137\n", result.Stdout);
        Assert.EndsWith(OutOfMemory, result.Stderr, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_BelowTheLimit_NothingIsSaid()
    {
        CommandResult result = Sandbox(["-m", "64m"], "sh", "-c", Hog(32));
        Assert.Equal("1+0 records in", result.Output);
        Assert.Equal("", result.Stderr);
    }

    [Fact]
    public void MemorySwap_IsMemoryAndSwapTogether()
    {
        _ = Guest.Script("dd if=/dev/zero of=/root/swap bs=1M count=96 && chmod 600 /root/swap && mkswap /root/swap && swapon /root/swap").Exits(0);
        try
        {
            Assert.Equal("1+0 records in", Sandbox(["-m", "24m", "--memory-swap=96m"], "sh", "-c", Hog(48)).Output);
            _ = Sandbox(["-m", "24m", "--memory-swap=36m"], "tail", "/dev/zero").Exits(137);
        }
        finally
        {
            _ = Guest.Script("swapoff /root/swap; rm /root/swap").Exits(0);
        }
    }

    [Fact]
    public void ControlFiles_HaveWhatWasAskedFor()
    {
        string[] lines = Sandbox(
            ["-m", "64m", "--memory-reservation=32m", "--oom-score-adj=-700"],
            "sh", "-c", "cd /sys/fs/cgroup && cat memory.max memory.swap.max memory.low /proc/self/oom_score_adj").Lines;
        Assert.Equal(["67108864", "67108864", "33554432", "-700"], lines);
        Assert.Equal("max", Sandbox(["-m", "64m", "--memory-swap=-1"], "cat", "/sys/fs/cgroup/memory.swap.max").Output);
    }

    [Theory]
    [InlineData("--memory-swappiness=10", "fastrun: this host cannot set the swappiness of a sandbox: cgroup v2 has no such setting\n")]
    [InlineData("--oom-kill-disable", "fastrun: this host cannot disable the OOM killer for a sandbox: cgroup v2 has no such setting\n")]
    public void WhatOnlyV1Has_IsAnError(string flag, string message) =>
        Assert.Equal(message, Sandbox(["-m", "64m", flag], "true").Exits(125).Stderr);
}

[Collection<Linux61Collection>]
public sealed class MemoryLimitsOnLinux61(Linux61 shared) : MemoryLimitTests(shared);

[Collection<Linux612Collection>]
public sealed class MemoryLimitsOnLinux612(Linux612 shared) : MemoryLimitTests(shared);
