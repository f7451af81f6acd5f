using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>Many processes: that they are limited, that all of them end, and that their cgroup goes.</summary>
public abstract class ProcessLimitTests(SharedGuest shared) : GuestTest(shared)
{
    private const string Groups = "[ ! -d /sys/fs/cgroup/fastrun ] || find /sys/fs/cgroup/fastrun -mindepth 3 -type d";

    [Fact]
    public void PidsLimit_Exceeded_ForkFails()
    {
        string before = Guest.Script(Groups).Output;
        CommandResult result = Sandbox(["--pids-limit=8"], "sh", "-c", "cat /sys/fs/cgroup/pids.max; for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done");
        Assert.Equal("8\n", result.Exits(2).Stdout);
        Assert.Contains("can't fork", result.Stderr, System.StringComparison.Ordinal);
        Assert.Equal(before, Guest.Script(Groups).Output);
    }

    [Fact]
    public void ForkBomb_TimedOut_IsEndedAndNothingStays()
    {
        string before = Guest.Script(Groups).Output;
        _ = Sandbox(["--pids-limit=100", "--timeout=2s"], "sh", "-c", "trap '' TERM; b() { b & b & wait; }; b 2>/dev/null; sleep 100").Exits(124);
        Assert.Equal(before, Guest.Script(Groups).Output);
    }

    [Fact]
    public void CallerKilled_EverythingInTheCgroupEndsAndIsCollected()
    {
        // The group empties by the watcher's cgroup.kill, also of what has left the session; gc takes the group itself.
        CommandResult result = Guest.Script(
            $$"""
            pids() { for p in /proc/[0-9]*; do [ "$(tr '\0' ' ' < $p/cmdline)" = "sleep $1 " ] && echo ${p##*/}; done 2>/dev/null; }
            fastrun exec --no-workspace {{GuestImages.Busybox}} -- sh -c 'setsid sleep 1001 & sleep 1002' &
            until [ -n "$(pids 1001)" ] && [ -n "$(pids 1002)" ]; do usleep 50000; done
            group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$(pids 1001)/cgroup)
            kill -9 $!
            wait $! 2>/dev/null
            until grep -q 'populated 0' $group/cgroup.events; do usleep 50000; done
            pids 1001; pids 1002; fastrun gc >/dev/null || exit 90
            [ -e $group ] || echo gone
            """);
        Assert.Equal("gone", result.Output);
    }
}

[Collection<Linux61Collection>]
public sealed class ProcessLimitsOnLinux61(Linux61 shared) : ProcessLimitTests(shared);

[Collection<Linux612Collection>]
public sealed class ProcessLimitsOnLinux612(Linux612 shared) : ProcessLimitTests(shared);
