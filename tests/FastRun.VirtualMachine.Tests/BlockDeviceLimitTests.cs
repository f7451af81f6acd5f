using System;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>Block devices on pure cgroup v2: rates, weights, and who may open one. The device is null_blk's.</summary>
public abstract class BlockDeviceLimitTests(SharedGuest shared) : GuestTest(shared)
{
    private const string Device = "/dev/nullb0";

    [Fact]
    public void DeviceRates_AreInIoMaxAndSlowReadingDown()
    {
        string number = Prepare();
        CommandResult result = Sandbox(
            ["--device", Device, $"--device-read-bps={Device}:1mb", $"--device-write-iops={Device}:50"],
            "sh", "-c", $"cat /sys/fs/cgroup/io.max; dd if={Device} of=/dev/null bs=512k count=4 iflag=direct 2>/dev/null; cat /sys/fs/cgroup/io.stat");
        Assert.Equal($"{number} rbps=1048576 wbps=max riops=max wiops=50", result.Lines[0]);
        Assert.StartsWith($"{number} rbytes=2097152 ", result.Lines[1], StringComparison.Ordinal);

        // 2 MiB at 1 MiB a second; the kernel lets the first slice of a tenth of a second through.
        Assert.True(result.Elapsed > TimeSpan.FromSeconds(1), $"{result}");
    }

    [Fact]
    public void Weights_NeedADeviceThatObeys()
    {
        string number = Prepare();
        Assert.Equal(
            "fastrun: this host cannot limit block I/O weight: no block device uses the bfq scheduler or has io.cost enabled\n",
            Sandbox(["--blkio-weight=300"], "true").Exits(125).Stderr);
        Assert.Equal(
            $"fastrun: this host cannot limit block I/O weight: device {number} does not use the bfq scheduler, nor has it io.cost enabled\n",
            Sandbox([$"--blkio-weight-device={Device}:300"], "true").Exits(125).Stderr);
        _ = Guest.Script("modprobe bfq && echo bfq > /sys/block/nullb0/queue/scheduler").Exits(0);
        try
        {
            Assert.Equal(
                ["default 300", $"{number} 500"],
                Sandbox(["--blkio-weight=300", $"--blkio-weight-device={Device}:500"], "cat", "/sys/fs/cgroup/io.bfq.weight").Lines);
        }
        finally
        {
            _ = Guest.Script("echo none > /sys/block/nullb0/queue/scheduler").Exits(0);
        }
    }

    [Fact]
    public void DevicePolicy_NodesCanBeMadeAndOnlyWhatIsAllowedIsOpened()
    {
        string number = Prepare();
        string node = number.Replace(':', ' ');
        string script = $"mknod /a b 8 0 && mknod /b c 10 229 && mknod /n b {node} && for i in /a /b /n; do head -c 1 $i 2>&1 | wc -c; done; head -c 1 /dev/zero | wc -c";
        string denied = $"{"head: /a: Operation not permitted\n".Length}";
        Assert.Equal([denied, denied, denied, "1"], Sandbox([], "sh", "-c", script).Lines);
        Assert.Equal([denied, denied, "1", "1"], Sandbox([$"--device-cgroup-rule=b {number} r"], "sh", "-c", script).Lines);

        const string ReadAndWrite = $"head -c 1 {Device} | wc -c; (: > {Device}) 2>/dev/null || echo read-only";
        Assert.Equal(["1", "read-only"], Sandbox(["--device", $"{Device}:{Device}:r"], "sh", "-c", ReadAndWrite).Lines);
        Assert.Equal(["1"], Sandbox(["--device", Device], "sh", "-c", ReadAndWrite).Lines);
        Assert.Equal(["1"], Sandbox(["--privileged"], "sh", "-c", ReadAndWrite).Lines);
    }

    /// <summary>Returns <c>MAJOR:MINOR</c> of the device.</summary>
    private string Prepare() => Guest.Script($"modprobe null_blk nr_devices=1 gb=1 && until [ -b {Device} ]; do usleep 10000; done && cat /sys/block/nullb0/dev").Output;
}

[Collection<Linux61Collection>]
public sealed class BlockDeviceLimitsOnLinux61(Linux61 shared) : BlockDeviceLimitTests(shared);

[Collection<Linux612Collection>]
public sealed class BlockDeviceLimitsOnLinux612(Linux612 shared) : BlockDeviceLimitTests(shared);
