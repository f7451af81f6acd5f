using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>A kernel older than the oldest: whatever cannot be done there says so, and which one is needed.</summary>
[Collection<Linux510Collection>]
public sealed class TooOldKernelTests(Linux510 shared) : GuestTest(shared)
{
    [Fact]
    public void Start_OfAnything_IsAnErrorThatNamesBothKernelsAndLeavesNothing()
    {
        using Guest guest = Shared.Boot();
        foreach (string command in (string[])
        [
            $"exec --no-workspace {GuestImages.Busybox} -- true",
            "exec --no-workspace host -- true",
            $"run --rm {GuestImages.Busybox} true",
            $"run -d {GuestImages.Busybox} true",
            $"exec --no-workspace -m 64m {GuestImages.Busybox} -- true",
        ])
        {
            CommandResult result = guest.Script("fastrun " + command);
            _ = result.FailsWith(125, "this kernel, Linux 5.10", " is too old: ");
            Assert.EndsWith("hint: sandboxes need Linux 5.14 or newer\n", result.Stderr, System.StringComparison.Ordinal);
        }

        Assert.Contains("Oldest Kernel: 5.14", guest.FastRun("info").Lines);
        _ = guest.Script("fastrun rm -f $(fastrun ps -aq); fastrun gc").Exits(0);
        Assert.Equal("", guest.Script("cd /var/lib/fastrun && ls -A containers staging trash | grep -v :; find /sys/fs/cgroup/fastrun -mindepth 3 -type d 2>/dev/null").Stdout.Trim());
    }
}
