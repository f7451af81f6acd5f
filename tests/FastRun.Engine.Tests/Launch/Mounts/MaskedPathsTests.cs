using System.Linq;
using FastRun.Engine.Launch.Mounts;

namespace FastRun.Engine.Tests.Launch.Mounts;

/// <summary>The lists are Docker's (moby, oci/defaults.go).</summary>
public sealed class MaskedPathsTests
{
    [Fact]
    public void Masked_AreDockers() => Assert.Equal(
        [
            "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
            "/sys/firmware",
        ],
        MaskedPaths.FilesInProc.Concat(MaskedPaths.DirectoriesInProc).Select(path => "/proc/" + path)
            .Concat(MaskedPaths.DirectoriesInSys.Select(path => "/sys/" + path)).Order());

    [Fact]
    public void ReadOnly_AreDockers() => Assert.Equal(["bus", "fs", "irq", "sys", "sysrq-trigger"], MaskedPaths.ReadOnlyInProc);
}
