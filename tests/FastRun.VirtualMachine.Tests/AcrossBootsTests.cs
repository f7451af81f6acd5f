using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>One disk, booted again: after a shutdown, and after power cuts. The data root is on a disk of the test's own.</summary>
public abstract class AcrossBootsTests(SharedGuest shared) : GuestTest(shared)
{
    private const int Cuts = 20;
    private const string FastRun = "fastrun --data-root /data/fastrun";
    private const string Exec = FastRun + " exec --no-workspace";

    [Fact]
    public void Reboot_AfterAShutdown_ImagesStaySandboxesAreGoneAndContainersShowExited()
    {
        string disk = Shared.NewDisk();
        using (Guest first = Shared.Boot(disk))
        {
            _ = first.Script($$"""
                mount /dev/vdb /data && {{Exec}} {{GuestImages.Busybox}} -- true || exit 90
                {{Exec}} --name left {{GuestImages.Busybox}} -- sh -c 'touch /started; sleep 600' &
                {{Exec}} {{GuestImages.Busybox}} -- sh -c 'touch /started; sleep 600' &
                {{FastRun}} run -d --name kept {{GuestImages.Busybox}} sh -c 'echo boot >> /started; sync; sleep 600' || exit 91
                {{FastRun}} run -d --rm --name brief {{GuestImages.Busybox}} sh -c 'touch /started; sleep 600' || exit 92
                {{FastRun}} run -d --restart always --name wanted {{GuestImages.Busybox}} sleep 600 || exit 93
                {{FastRun}} run -d --restart unless-stopped --name halted {{GuestImages.Busybox}} sleep 600 && {{FastRun}} stop halted || exit 94
                for i in $(seq 1200); do [ $(ls -d /data/fastrun/containers/*/upper/started | wc -l) = 4 ] && exit; usleep 50000; done
                exit 95
                """).Output;
            first.Shutdown();
        }

        using Guest second = Shared.Boot(disk);
        Assert.Equal(
            ["images: 1, layers: 1, damaged: 0", "brief exited", "halted exited", "kept exited", "wanted exited", "again"],
            second.Script($$$"""
                mount /dev/vdb /data && rm -rf /images && {{{FastRun}}} system check || exit 90
                {{{FastRun}}} ps -a --format '{{.Names}} {{.State}}' | grep -E '^(kept|brief|wanted|halted) ' | sort
                {{{Exec}}} --name left busybox -- echo again
                """).Lines);

        // The sandbox whose name was wanted went with that; the other one and the container that goes when it ends are the
        // collector's, which also puts the states of two that stay right.
        Assert.StartsWith("sandboxes: 4,", second.Script($"{FastRun} gc").Output);
        Assert.Equal(
            ["halted exited", "kept exited", "wanted exited", "wanted", "wanted running", "wanted", "halted", "kept", "kept running", "kept"],
            second.Script($$$"""
                {{{FastRun}}} ps -a --format '{{.Names}} {{.State}}' | sort || exit 90
                {{{FastRun}}} system start && {{{FastRun}}} ps --format '{{.Names}} {{.State}}' && {{{FastRun}}} rm -f wanted && {{{FastRun}}} rm halted || exit 91
                {{{FastRun}}} start kept && {{{FastRun}}} ps --format '{{.Names}} {{.State}}' || exit 92
                until [ $(cat /data/fastrun/containers/*/upper/started | wc -l) = 2 ]; do usleep 50000; done
                {{{FastRun}}} rm -f kept
                """).Lines);
        Assert.Equal("", second.Script("ls /data/fastrun/containers /data/fastrun/staging /data/fastrun/trash | grep -v :").Stdout.Trim());
    }

    /// <summary>
    /// A guest loads one image and pulls another at the same time, and removes both, and replaces a snapshot, over and over. At random points its disk is
    /// copied while the machine stands still, which is the disk as a power cut leaves it: all that was in the guest's memory only
    /// is lost, and what a write in flight had not written yet. At the last point the power does go. (That a disk loses writes
    /// out of order from a cache of its own is not emulated.) Another guest then looks at all of the disks.
    /// </summary>
    [Fact]
    public void PowerCut_AtRandomPointsOfALoadAndAPull_NothingIsDamagedAndWhatWasLostComesAgain()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed: {seed}");
        using GuestRegistry registry = new(Shared.NewDirectory());
        List<string> disks = CutPower(random, registry);

        using Guest after = Shared.Boot([.. disks]);
        registry.Connect(after);
        List<string> found = [];
        for (int cut = 0; cut < Cuts; cut++)
        {
            string device = $"/dev/vd{(char)('b' + cut)}";
            CommandResult result = after.Script($$"""
                set -o pipefail
                cd / && mount {{device}} /data || exit 90
                {{FastRun}} system check >/tmp/check
                checked=$?
                cat /tmp/check
                # Nothing but an image that was not yet on the disk may be missing, and that by name.
                grep '^damaged' /tmp/check | grep -v 'machine lost power$' && exit 91
                {{Exec}} busybox -- true || exit 92

                # What cannot be pulled again: a snapshot and a commit that were there before, and a snapshot that was being replaced all the time.
                [ "$({{Exec}} snapshot:kept -- cat /state)" = kept ] || exit 86
                [ "$({{Exec}} committed -- cat /state)" = committed ] || exit 88
                {{Exec}} snapshot:replaced -- sh -c '[ -s /state ] && cmp /state /same' || exit 87
                {{FastRun}} gc || exit 93
                find /data/fastrun/content /data/fastrun/images/_ids /data/fastrun/layers/*/fs -type f -size 0 | grep . && exit 94
                ls -A /data/fastrun/staging /data/fastrun/trash /data/fastrun/containers | grep -v '^/' | grep . && exit 95
                {{Exec}} {{GuestImages.Layered}} -- sh -c 'cat /data-*' | sha256sum || exit 96
                {{Exec}} --pull=missing {{registry.Image}} -- sh -c 'cat /data-*' | sha256sum || exit 97
                {{FastRun}} system check || exit 98
                umount /data || exit 99
                exit $checked
                """);
            Assert.True(result.ExitCode is 0 or 1, $"cut {cut} of seed {seed}: {result}");
            foreach (string expected in (string[])["damaged: 0\n", GuestImages.LayeredDigest, GuestImages.PulledDigest])
            {
                Assert.True(result.Stdout.Contains(expected, StringComparison.Ordinal), $"cut {cut} of seed {seed} without {expected}: {result}");
            }

            found.Add(result.Stdout[..result.Stdout.IndexOf('\n', StringComparison.Ordinal)]);
        }

        TestContext.Current.TestOutputHelper?.WriteLine("found after each cut: " + string.Join("; ", found));
    }

    private List<string> CutPower(Random random, GuestRegistry registry)
    {
        string disk = Shared.NewDisk();
        List<string> disks = [];
        using Guest guest = Shared.Boot(disk);
        registry.Connect(guest);
        string create = $"{FastRun} snapshot create --no-workspace --force --from";
        _ = guest.Script($"""
            mount /dev/vdb /data && {create} {GuestImages.Busybox} -- kept sh -c 'echo kept > /state' && {create} kept -- replaced sh -c 'echo 0 | tee /state > /same' || exit 90
            {FastRun} run --name box busybox sh -c 'echo committed > /state' && {FastRun} commit box committed && {FastRun} rm box && sync
            """).Output;
        string bring = $"{{ {Exec} {GuestImages.Layered} -- true & {FastRun} pull -q {registry.Image} && wait $!; }}";
        string remove = $"{FastRun} rmi -f localhost/layered {registry.Image}";
        Stopwatch once = Stopwatch.StartNew();
        _ = guest.Script($"{bring} && {remove}").Output;
        once.Stop();

        // Something else on the machine syncs again and again, so that the disk has seen every state in between, too.
        guest.Start($"(while :; do sync; usleep 10000; done) & (i=0; while i=$((i + 1)); do {create} busybox -- replaced sh -c 'echo $0 | tee /state > /same' $i; done) & while {bring} && {remove} && sync; do :; done", TimeSpan.FromMinutes(20));
        for (int cut = 1; cut < Cuts; cut++)
        {
            // The loop goes on by itself, so half of its time, too, leads to any point of it.
            Thread.Sleep(once.Elapsed / 2 * random.NextDouble());
            string copy = $"{disk}-{cut}";
            guest.CopyDisk(disk, copy);
            disks.Add(copy);
        }

        guest.PowerCut();
        return [.. disks, disk];
    }
}

[Collection<Linux61BootsCollection>]
public sealed class AcrossBootsOnLinux61(Linux61 shared) : AcrossBootsTests(shared);

[Collection<Linux612BootsCollection>]
public sealed class AcrossBootsOnLinux612(Linux612 shared) : AcrossBootsTests(shared);
