using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>One more process in a container that runs, where all controllers are on cgroup v2.</summary>
public abstract class JoiningContainerTests(SharedGuest shared) : GuestTest(shared)
{
    [Theory]
    [InlineData("")]
    [InlineData("--memory 64m --pids-limit 50 --cpus 1")]
    [InlineData("--privileged")]
    [InlineData("--privileged --memory 64m")]
    [InlineData("--cgroup-parent outer/inner --memory 64m")]
    public void Exec_IsInTheContainersGroupsAndNamespaces(string flags)
    {
        CommandResult result = Guest.Script(
            $$$"""
            trap 'fastrun rm -f joined >/dev/null' EXIT
            fastrun run -d --name joined {{{flags}}} {{{GuestImages.Busybox}}} sleep 12345 >/dev/null || exit 90
            fastrun exec -d joined sleep 12346 || exit 91
            pid() { fastrun top joined -o pid,args | awk -v words="$1" '$2 " " $3 == words { print $1 }'; }
            first=$(pid 'sleep 12345'); second=$(pid 'sleep 12346')
            [ "$(cat /proc/$first/cgroup)" = "$(cat /proc/$second/cgroup)" ] && echo groups
            for n in cgroup ipc mnt net pid uts; do [ "$(readlink /proc/$first/ns/$n)" = "$(readlink /proc/$second/ns/$n)" ] || echo $n; done
            grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/$first/status > /tmp/first; grep -E '^(Cap|NoNewPrivs|Seccomp)' /proc/$second/status > /tmp/second
            cmp /tmp/first /tmp/second && echo rights
            fastrun exec -u 1000 -w /tmp joined sh -c 'echo $(id -u) $PWD'
            fastrun exec -t joined tty | tr -d '\r'
            fastrun exec joined no-such-command 2>/dev/null; echo $?
            """);

        Assert.Equal(["groups", "rights", "1000 /tmp", "/dev/pts/0", "127"], result.Lines);
    }

    [Fact]
    public void Exec_InAPrivilegedContainer_LeavesItsGroupFreeForGroupsOfItsOwn()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run -d --name nested --privileged {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 90
            fastrun exec -d nested sleep 1001 || exit 91
            fastrun exec nested sh -c 'cat /proc/self/cgroup; cd /sys/fs/cgroup && echo +memory +pids > cgroup.subtree_control && mkdir own && echo 32M > own/memory.max && cat own/memory.max'
            fastrun exec nested true && echo again
            fastrun rm -f nested >/dev/null
            """);

        Assert.Equal(["0::/init", "33554432", "again"], result.Lines);
    }

    [Fact]
    public void Exec_CountsAgainstTheContainersLimits()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run -d --init --name limited --memory 32m --pids-limit 8 {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 90
            fastrun exec limited sh -c 'head -c 200m /dev/zero | tail -c 150m >/dev/null; exit $?' >/dev/null 2>&1; echo "memory $?"
            fastrun exec limited sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 2 & done; wait' >/dev/null 2>&1; echo "tasks $?"
            until fastrun exec limited true 2>/dev/null; do usleep 100000; done; echo lives
            fastrun rm -f limited >/dev/null
            """);

        Assert.Equal(3, result.Lines.Length);
        Assert.Equal("memory 137", result.Lines[0]);
        Assert.StartsWith("tasks ", result.Lines[1], System.StringComparison.Ordinal);
        Assert.NotEqual("tasks 0", result.Lines[1]);
        Assert.Equal("lives", result.Lines[2]);
    }

    [Fact]
    public void Exec_EndsWithItsContainerAndIsRefusedWhilePaused()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run -d --name ending {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 90
            fastrun pause ending >/dev/null; fastrun exec ending true 2>&1; echo $?; fastrun unpause ending >/dev/null
            { fastrun exec ending sleep 1002; echo "ended $?"; } & waited=$!
            until [ "$(fastrun top ending -o comm | grep -c sleep)" = 2 ]; do usleep 20000; done
            fastrun kill ending >/dev/null; wait $waited
            fastrun top ending 2>/dev/null || echo none
            fastrun rm ending >/dev/null
            """);

        Assert.Equal(4, result.Lines.Length);
        Assert.Contains("is paused, unpause the container before exec", result.Lines[0], System.StringComparison.Ordinal);
        Assert.Equal(["1", "ended 137", "none"], result.Lines[1..]);
    }
}

[Collection<Linux61Collection>]
public sealed class JoiningContainersOnLinux61(Linux61 shared) : JoiningContainerTests(shared);

[Collection<Linux612Collection>]
public sealed class JoiningContainersOnLinux612(Linux612 shared) : JoiningContainerTests(shared);
