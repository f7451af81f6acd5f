using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>One disk, booted again: after a shutdown, and after power cuts. The data root is on a disk of the test's own.</summary>
public abstract class AcrossBootsTests(SharedGuest shared) : GuestTest(shared)
{
    private const int Cuts = 20;
    private const long DiskSize = 96L << 20;
    private const string Exec = "fastrun --data-root /data/fastrun exec --no-workspace";

    [Fact]
    public void Reboot_AfterAShutdown_ImagesStayAndSandboxesAreGone()
    {
        string disk = NewDisk();
        using (Guest first = Shared.Boot(disk))
        {
            _ = first.Script($"mount /dev/vdb /data && {Exec} {GuestImages.Busybox} -- true").Output;
            _ = first.Script(
                $"{Exec} --name left {GuestImages.Busybox} -- sh -c 'touch /started; sleep 600' & " +
                $"{Exec} {GuestImages.Busybox} -- sh -c 'touch /started; sleep 600' & " +
                "for i in $(seq 1200); do [ $(ls -d /data/fastrun/containers/*/upper/started | wc -l) = 2 ] && exit; usleep 50000; done; exit 1").Output;
            first.Shutdown();
        }

        using Guest second = Shared.Boot(disk);
        _ = second.Script("mount /dev/vdb /data && rm -rf /images").Output;
        Assert.Equal("images: 1, layers: 1, damaged: 0", second.Script("fastrun --data-root /data/fastrun system check").Output);
        Assert.Equal("again", second.Script($"{Exec} --name left busybox -- echo again").Output);

        // The one whose name was wanted went with that; the other one is the collector's.
        Assert.StartsWith("sandboxes: 1,", second.Script("fastrun --data-root /data/fastrun gc").Output);
        Assert.Contains("Sandboxes: 0", second.Script("fastrun --data-root /data/fastrun info").Lines);
        Assert.Equal("", second.Script("ls /data/fastrun/containers /data/fastrun/staging /data/fastrun/trash | grep -v :").Stdout.Trim());
    }

    [Fact]
    public void Reboot_OfRunningContainers_ShowsThemExitedAndStartsThemAgain()
    {
        const string Fast = "fastrun --data-root /data/fastrun";
        string disk = NewDisk();
        using (Guest first = Shared.Boot(disk))
        {
            _ = first.Script(
                $"mount /dev/vdb /data && {Fast} run -d --name kept {GuestImages.Busybox} sh -c 'echo boot >> /log; sync; sleep 600' && "
                + $"{Fast} run -d --rm --name brief {GuestImages.Busybox} sleep 600 && "
                + $"{Fast} run -d --restart always --name wanted {GuestImages.Busybox} sleep 600 && "
                + $"{Fast} run -d --restart unless-stopped --name halted {GuestImages.Busybox} sleep 600 && "
                + $"{Fast} stop halted && "
                + "until [ -s /data/fastrun/containers/*/upper/log ]; do usleep 50000; done").Output;
            first.Shutdown();
        }

        using Guest second = Shared.Boot(disk);
        Assert.Equal(
            ["brief exited", "halted exited", "kept exited", "wanted exited"],
            second.Script($"mount /dev/vdb /data && {Fast} ps -a --format '{{{{.Names}}}} {{{{.State}}}}' | sort").Lines);
        Assert.StartsWith("sandboxes: 3,", second.Script($"{Fast} gc").Output);
        Assert.Equal(
            ["halted exited", "kept exited", "wanted exited"],
            second.Script($"{Fast} ps -a --format '{{{{.Names}}}} {{{{.State}}}}' | sort").Lines);
        Assert.Equal(
            ["wanted", "wanted running", "wanted"],
            second.Script($"{Fast} system start && {Fast} ps --format '{{{{.Names}}}} {{{{.State}}}}' && {Fast} rm -f wanted").Lines);
        Assert.Equal(
            ["kept", "kept running", "kept"],
            second.Script(
                $"{Fast} start kept && {Fast} ps --format '{{{{.Names}}}} {{{{.State}}}}' && "
                + $"until [ $(cat /data/fastrun/containers/*/upper/log | wc -l) = 2 ]; do usleep 50000; done && {Fast} rm -f kept").Lines);
    }

    /// <summary>
    /// A guest loads and removes an image over and over. At random points its disk is copied while the machine stands still,
    /// which is the disk as a power cut leaves it: all that was in the guest's memory only is lost, and what a write in flight
    /// had not written yet. At the last point the power does go. (That a disk loses writes out of order from a cache of its own
    /// is not emulated.) Another guest then looks at all of the disks.
    /// </summary>
    [Fact]
    public void PowerCut_AtRandomPointsOfALoad_NothingIsDamagedAndWhatWasLostLoadsAgain()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed: {seed}");
        List<string> disks = CutPower(random);

        using Guest after = Shared.Boot([.. disks]);
        List<string> found = [];
        for (int cut = 0; cut < Cuts; cut++)
        {
            string device = $"/dev/vd{(char)('b' + cut)}";
            CommandResult result = after.Script($$"""
                cd / && mount {{device}} /data || exit 90
                fastrun --data-root /data/fastrun system check >/tmp/check
                checked=$?
                cat /tmp/check
                # Nothing but an image that was not yet on the disk may be missing, and that by name.
                grep '^damaged' /tmp/check | grep -v 'machine lost power$' && exit 91
                {{Exec}} busybox -- true || exit 92
                fastrun --data-root /data/fastrun gc || exit 93
                find /data/fastrun/content /data/fastrun/images/_ids /data/fastrun/layers/*/fs -type f -size 0 | grep . && exit 94
                ls -A /data/fastrun/staging /data/fastrun/trash /data/fastrun/containers | grep -v '^/' | grep . && exit 95
                {{Exec}} {{GuestImages.Layered}} -- sh -c 'cat /data-*' | sha256sum || exit 96
                fastrun --data-root /data/fastrun system check || exit 97
                umount /data || exit 98
                exit $checked
                """);
            Assert.True(result.ExitCode is 0 or 1, $"cut {cut} of seed {seed}: {result}");
            Assert.Contains("damaged: 0\n", result.Stdout);
            Assert.Contains(GuestImages.LayeredDigest, result.Stdout);
            found.Add(result.Stdout[..result.Stdout.IndexOf('\n', StringComparison.Ordinal)]);
        }

        TestContext.Current.TestOutputHelper?.WriteLine("found after each cut: " + string.Join("; ", found));
    }

    [Fact]
    public void FullDisk_AtAnyPointOfALoad_ErrorIsClearAndNothingIsLeft()
    {
        const int Points = 10;
        string disk = NewDisk();
        using Guest guest = Shared.Boot(disk);
        _ = guest.Script($"mount /dev/vdb /data && {Exec} {GuestImages.Busybox} -- true && sync").Output;
        long before = Used(guest);
        _ = guest.Script($"{Exec} {GuestImages.Layered} -- true && sync").Output;
        long needed = Used(guest) - before;
        _ = guest.Script("fastrun --data-root /data/fastrun rmi -f localhost/layered && fastrun --data-root /data/fastrun gc").Output;

        for (int point = 0; point < Points; point++)
        {
            // What is left is less than the load needs; a small rest is for the directories of the sandbox.
            long left = 64 + (needed * point / (Points + 1));
            CommandResult load = guest.Script($$"""
                free=$(df -k /data | awk 'END { print $4 }')
                fallocate -l $(((free - {{left}}) * 1024)) /data/filler || exit 90
                {{Exec}} {{GuestImages.Layered}} -- true
                code=$?
                ls -A /data/fastrun/staging /data/fastrun/trash /data/fastrun/containers | grep -v '^/' | grep . && exit 91
                {{Exec}} busybox -- true || exit 92
                rm /data/filler
                fastrun --data-root /data/fastrun system check || exit 93
                exit $code
                """);
            load.FailsWith(125, "no space left");
        }

        Assert.Contains(GuestImages.LayeredDigest, guest.Script($"{Exec} {GuestImages.Layered} -- sh -c 'cat /data-*' | sha256sum").Output);
    }

    private static long Used(Guest guest) =>
        long.Parse(guest.Script("df -k /data | awk 'END { print $3 }'").Output, System.Globalization.CultureInfo.InvariantCulture);

    private string NewDisk()
    {
        string disk = Path.Combine(Shared.NewDirectory(), "disk");
        GuestSystem.MakeDisk(disk, DiskSize, ["-m", "0"]);
        return disk;
    }

    private List<string> CutPower(Random random)
    {
        string disk = NewDisk();
        List<string> disks = [];
        using Guest guest = Shared.Boot(disk);
        _ = guest.Script($"mount /dev/vdb /data && {Exec} {GuestImages.Busybox} -- true && sync").Output;
        string load = $"{Exec} {GuestImages.Layered} -- true";
        string remove = "fastrun --data-root /data/fastrun rmi -f localhost/layered";
        Stopwatch once = Stopwatch.StartNew();
        _ = guest.Script($"{load} && {remove}").Output;
        once.Stop();

        // Something else on the machine syncs all the time, so that the disk has seen every state in between, too.
        guest.Start($"(while :; do sync; done) & while {load} && {remove} && sync; do :; done");
        for (int cut = 1; cut < Cuts; cut++)
        {
            Thread.Sleep(once.Elapsed * random.NextDouble());
            string copy = $"{disk}-{cut}";
            guest.CopyDisk(disk, copy);
            disks.Add(copy);
        }

        guest.PowerCut();
        return [.. disks, disk];
    }
}

[Collection<Linux61Collection>]
public sealed class AcrossBootsOnLinux61(Linux61 shared) : AcrossBootsTests(shared);

[Collection<Linux612Collection>]
public sealed class AcrossBootsOnLinux612(Linux612 shared) : AcrossBootsTests(shared);
