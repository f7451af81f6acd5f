using System;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.KernelGaps;

/// <summary>The image <c>host</c> where overlayfs takes no detached lowers: before Linux 6.15.</summary>
public abstract class HostRootTests(SharedGuest shared) : GuestTest(shared)
{
    [Fact]
    public void Exec_InAWorkspace_WorksThereAndNowhereElse()
    {
        CommandResult result = Guest.Script(
            "mkdir -p /data/project && cd /data/project && "
            + "fastrun exec host -- sh -c 'pwd; echo x >made; echo x >/mnt/elsewhere; ls /mnt/elsewhere' && cat made; ls /mnt/elsewhere 2>/dev/null");

        Assert.Equal("/data/project\n/mnt/elsewhere\nx\n", result.Stdout);
    }

    [Fact]
    public void Exec_WhatIsHidden_CannotBeSeen()
    {
        CommandResult result = Guest.Script(
            "touch /etc/shadow /root/private; mkdir -p /etc/ssh /home/someone; touch /etc/ssh/ssh_host_key /etc/ssh/ssh_host_key.pub; "
            + "fastrun exec --no-workspace host -- sh -c 'ls -A /root /home /var/lib/fastrun /run /etc/ssh; ls /etc/shadow'");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("/etc/ssh:\nssh_host_key.pub\n\n/home:\n\n/root:\n\n/run:\n\n/var/lib/fastrun:\n", result.Stdout);
        Assert.Contains("/etc/shadow: No such file", result.Stderr);
    }

    [Fact]
    public void Exec_SeparateFileSystems_AreReadOnlyAndMaskedToo()
    {
        // A /var of its own has directories of which the mask hides one: what is mounted above them must not show them.
        CommandResult result = Guest.Script(
            """
            set -e
            dd if=/dev/zero of=/root/separate bs=1M seek=32 count=0 2>/dev/null && mke2fs -F /root/separate >/dev/null && modprobe loop && mkdir -p /srv
            cat >/run/separate <<'END'
            set -e
            mount -o loop /root/separate /srv
            mkdir -p /srv/var/tmp /srv/var/lib
            echo seen >/srv/file
            echo hidden >/srv/var/tmp/file
            mount -o bind /srv/var /var
            rmdir /srv/lost+found
            fastrun exec --no-workspace host -- sh -c 'cat /srv/file; ls -A /var /var/tmp; touch /srv/new; touch /var/new' 2>&1 || true
            END
            unshare -m sh /run/separate
            rm /root/separate /run/separate
            """);

        Assert.Equal(
            "seen\n/var:\nlib\ntmp\n\n/var/tmp:\ntouch: /srv/new: Read-only file system\ntouch: /var/new: Read-only file system",
            result.Output);
    }

    [Fact]
    public void Exec_RootIsAnOverlay_OneMoreIsMadeWhereTheDataRootAllows()
    {
        CommandResult result = Guest.Script(
            """
            set -e
            mkdir -p /mnt/overlay /mnt/upper && mount -t tmpfs none /mnt/upper && mkdir /mnt/upper/u /mnt/upper/w
            mount -t overlay -o lowerdir=/,upperdir=/mnt/upper/u,workdir=/mnt/upper/w none /mnt/overlay
            for d in proc sys dev; do mount --rbind /$d /mnt/overlay/$d; done
            mount -t tmpfs none /mnt/overlay/tmp
            touch /mnt/overlay/etc/shadow
            set +e
            run='unshare -m chroot /mnt/overlay fastrun'
            $run --data-root /tmp/data exec --no-workspace host -- sh -c 'cat /etc/hosts >/new && ls /new; ls /etc/shadow 2>/dev/null'
            $run exec --no-workspace host -- true 2>&1
            umount -l /mnt/overlay /mnt/upper
            """);

        Assert.Equal(
            "/new\nfastrun: image host: the machine's root is an overlay itself, and overlayfs cannot be stacked on it again\n"
            + "hint: keep the state on another file system (--data-root DIRECTORY), for example a volume\n",
            result.Stdout);
    }

    [Fact]
    public void Explain_PrintsTheTapeAndLeavesNothing()
    {
        Assert.Contains("pivot_root(\".\", \".\")", Guest.FastRun("exec", "--no-workspace", "--explain", "host", "--", "true").Lines);
        Assert.Equal("", Guest.Script("ls /var/lib/fastrun/containers").Output);
    }

    [Fact]
    public void Kill9_AtAnyMoment_LeavesNothingInTheMountTable()
    {
        CommandResult result = Guest.Script(
            $$"""
            fastrun exec --no-workspace {{GuestImages.Busybox}} -- true
            table() { cut -d' ' -f3- /proc/self/mountinfo; }
            table >/run/table-before
            k=0; while [ $k -lt 30 ]; do
              image=host; [ $((k % 2)) = 0 ] || image={{GuestImages.Busybox}}
              fastrun exec --no-workspace $image -- sleep 1000 & usleep $((k * 8000)); table | diff /run/table-before - || exit 1
              kill -9 $!; wait $!; k=$((k + 1))
            done
            while grep -qs "^sleep.1000" /proc/[0-9]*/cmdline; do usleep 100000; done
            table | diff /run/table-before - || exit 1
            fastrun gc >/dev/null && ls /var/lib/fastrun/containers
            """,
            TimeSpan.FromSeconds(180));

        Assert.Equal("", result.Output);
    }

    [Fact]
    public void Log_OfTheKernel_IsNotWrittenTo()
    {
        CommandResult result = Guest.Script(
            $"fastrun exec --no-workspace {GuestImages.Busybox} -- true; fastrun exec --no-workspace host -- true; dmesg -c >/dev/null; "
            + $"fastrun exec --no-workspace {GuestImages.Busybox} -- true && fastrun exec --no-workspace host -- true && dmesg | grep overlay");

        Assert.Equal("", result.Stdout);
        Assert.Equal(1, result.ExitCode);
    }
}

[Collection<Linux61Collection>]
public sealed class HostRootOnLinux61(Linux61 shared) : HostRootTests(shared);

[Collection<Linux612Collection>]
public sealed class HostRootOnLinux612(Linux612 shared) : HostRootTests(shared);
