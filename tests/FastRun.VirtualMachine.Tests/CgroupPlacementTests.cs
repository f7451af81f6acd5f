using System;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>Where sandboxes' cgroups are made: groups that hold processes, and engines inside of sandboxes.</summary>
public abstract class CgroupPlacementTests(SharedGuest shared) : GuestTest(shared)
{
    // busybox's ash runs what follows exec in the same process, so fastrun is alone in the group, or is not.
    private const string Limited = "fastrun exec --no-workspace -m 64m " + GuestImages.Busybox + " -- cat /sys/fs/cgroup/memory.max";

    // An engine with a state of its own, below /d. The directory /nested has fastrun and the image.
    private const string Nested = "/nested/fastrun --data-root /d/data --run-root /d/run exec --no-workspace";
    private const string NestedImage = "oci:/nested/busybox";

    [Fact]
    public void Caller_InAGroupWithProcesses_CanLimit() => Assert.Equal(
        "67108864",
        Guest.Script($"mkdir -p /sys/fs/cgroup/job && echo 0 > /sys/fs/cgroup/job/cgroup.procs && {Limited}; code=$?; echo 0 > /sys/fs/cgroup/cgroup.procs; rmdir /sys/fs/cgroup/job; exit $code").Output);

    [Fact]
    public void Parent_WithOtherProcesses_IsAnErrorWithTheWayOut()
    {
        CommandResult result = Guest.Script(
            $"mkdir -p /sys/fs/cgroup/held && echo 0 > /sys/fs/cgroup/held/cgroup.procs && {Limited.Replace("-m", "--cgroup-parent /held -m", StringComparison.Ordinal)}; "
            + "code=$?; echo 0 > /sys/fs/cgroup/cgroup.procs; rmdir /sys/fs/cgroup/held; exit $code");
        _ = result.FailsWith(125, "cannot limit memory below /sys/fs/cgroup/held", "hint: move them: mkdir /sys/fs/cgroup/held/init");
    }

    [Fact]
    public void Parent_WithFastRunAlone_IsUsed() => Assert.Equal(
        ["67108864", "init"],
        Guest.Script(
            "mkdir /sys/fs/cgroup/alone; "
            + $"sh -c 'echo 0 > /sys/fs/cgroup/alone/cgroup.procs; exec {Limited.Replace("-m", "--cgroup-parent /alone -m", StringComparison.Ordinal)}' && "
            + "cd /sys/fs/cgroup/alone && ls -d */ | tr -d / && rmdir init && cd / && rmdir /sys/fs/cgroup/alone").Lines);

    [Fact]
    public void Privileged_AnEngineInside_CanLimitRestrictAndNestOnce()
    {
        CommandResult result = Outer(
            "--privileged",
            $"""
            cat /proc/self/cgroup
            {Nested} {NestedImage} -- echo plain
            {Nested} -m 32m --memory-swap 32m --pids-limit 20 --cpus 0.5 {NestedImage} -- sh -c 'cat /sys/fs/cgroup/memory.max; tail /dev/zero'
            echo $?
            {Nested} {NestedImage} -- sh -c 'mknod /n c 1 11; (: < /n) 2>&1'
            {Nested} --privileged -v /nested:/nested --tmpfs /d {NestedImage} -- {Nested} -m 48m {NestedImage} -- cat /sys/fs/cgroup/memory.max
            """);
        Assert.Equal(
            ["0::/init", "plain", "33554432", "137", "sh: can't open /n: Operation not permitted", "50331648"], result.Stdout.TrimEnd('\n').Split('\n'));
        Assert.Contains("ran out of memory", result.Stderr, StringComparison.Ordinal);
        Assert.Equal("", Guest.Script("find /sys/fs/cgroup/fastrun -mindepth 3 -type d").Output);
    }

    [Fact]
    public void Namespace_WhoseRootHoldsProcesses_RunsWithoutLimitsAndExplainsTheRest()
    {
        // What a container of another engine looks like.
        CommandResult result = Outer(
            "--privileged",
            $"""
            echo 1 > /sys/fs/cgroup/cgroup.procs
            {Nested} {NestedImage} -- echo plain
            {Nested} -m 32m {NestedImage} -- true
            echo $?
            exec {Nested} -m 32m {NestedImage} -- cat /sys/fs/cgroup/memory.max
            """);
        Assert.Equal(["plain", "125", "33554432"], result.Lines);
        Assert.Contains("processes are in that cgroup itself", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Namespace_WithReadOnlyCgroups_IsAnErrorThatSaysSo() =>
        _ = Outer("--cap-add=ALL", $"exec {Nested} --network none {NestedImage} -- true").FailsWith(125, "read-only", "it must be a privileged one");

    [Fact]
    public void Namespace_WithReadOnlySettings_HasNoNetworksAndSaysSo() =>
        _ = Outer("--cap-add=ALL", $"exec {Nested} --network bridge {NestedImage} -- true")
            .FailsWith(125, "network bridge: ", " /proc/sys/net/ipv", ": read-only file system", "use --network none");

    private CommandResult Outer(string flag, string script)
    {
        _ = Guest.Script("mkdir -p /run/nested && cp -r /bin/fastrun /images/busybox /run/nested/").Exits(0);
        return Guest.FastRun(
            "exec", "--no-workspace", flag, "--security-opt=seccomp=unconfined", "-v", "/run/nested:/nested", "--tmpfs", "/d",
            GuestImages.Busybox, "--", "sh", "-c", script);
    }
}

[Collection<Linux61Collection>]
public sealed class CgroupPlacementOnLinux61(Linux61 shared) : CgroupPlacementTests(shared);

[Collection<Linux612Collection>]
public sealed class CgroupPlacementOnLinux612(Linux612 shared) : CgroupPlacementTests(shared);
