using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>What a pure cgroup v2 tells of a running container, and its freezer.</summary>
public abstract class RunningContainerTests(SharedGuest shared) : GuestTest(shared)
{
    [Fact]
    public void Pause_StopsEveryProcessUntilUnpause()
    {
        CommandResult result = Guest.Script(
            $$$"""
            id=$(fastrun run -d --name frozen {{{GuestImages.Busybox}}} sh -c 'while :; do echo x >> /beat; usleep 10000; done') || exit 90
            beat=/var/lib/fastrun/containers/$id/upper/beat
            until [ -s $beat ]; do usleep 50000; done
            fastrun pause frozen && fastrun ps --format '{{.State}}' || exit 91
            before=$(wc -l < $beat); usleep 300000; [ "$(wc -l < $beat)" = "$before" ] && echo still
            fastrun unpause frozen && fastrun ps --format '{{.State}}' || exit 92
            until [ "$(wc -l < $beat)" -gt "$before" ]; do usleep 50000; done; echo goes on
            fastrun rm -f frozen
            """);

        Assert.Equal(["frozen", "paused", "still", "frozen", "running", "goes on", "frozen"], result.Lines);
    }

    [Fact]
    public void Supervisor_IsInAGroupOfOursAndSparedByTheOomKiller()
    {
        CommandResult result = Guest.Script(
            $$$"""
            id=$(fastrun run -d --name held {{{GuestImages.Busybox}}} sleep 1000) || exit 90
            supervisor=$(sed 's/.*"supervisor":{"pid":\([0-9]*\).*/\1/' /var/lib/fastrun/containers/$id/state.json)
            process=$(sed 's/.*"process":{"pid":\([0-9]*\).*/\1/' /var/lib/fastrun/containers/$id/state.json)
            cat /proc/$supervisor/cgroup /proc/$supervisor/oom_score_adj /proc/$process/oom_score_adj
            fastrun exec held cat /proc/self/oom_score_adj
            fastrun rm -f held
            """);

        Assert.Equal(["0::/fastrun/supervisors", "-900", "0", "0", "held"], result.Lines);
    }

    [Fact]
    public void OutOfMemory_IsToldFromOtherKills()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run --name greedy --memory 16m {{{GuestImages.Busybox}}} tail /dev/zero; echo $?
            fastrun run -d --name killed --memory 16m {{{GuestImages.Busybox}}} sleep 1000 >/dev/null && fastrun kill killed >/dev/null || exit 90
            fastrun inspect --format '{{.Name}} {{.State.OOMKilled}} {{.State.ExitCode}}' greedy killed
            fastrun rm greedy killed >/dev/null
            """);

        Assert.Equal(["137", "/greedy true 137", "/killed false 137"], result.Lines);
    }

    [Fact]
    public void Stats_AreThoseOfTheCgroup()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run -d --name measured --memory 64m --pids-limit 50 {{{GuestImages.Busybox}}} sh -c 'sleep 1000 & while :; do :; done' >/dev/null || exit 90
            fastrun stats --no-stream --format '{{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' measured
            fastrun rm -f measured >/dev/null
            """);

        // One busy loop and one sleeper in 64 MiB.
        string[] words = result.Output.Split(' ');
        Assert.True(double.Parse(words[0].TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture) > 1, result.Output);
        Assert.Equal(["/", "64MiB", "2"], words[2..]);
    }
}

[Collection<Linux61Collection>]
public sealed class RunningContainersOnLinux61(Linux61 shared) : RunningContainerTests(shared);

[Collection<Linux612Collection>]
public sealed class RunningContainersOnLinux612(Linux612 shared) : RunningContainerTests(shared);
