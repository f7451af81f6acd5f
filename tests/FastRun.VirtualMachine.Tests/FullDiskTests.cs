using System;
using System.Globalization;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>A data root on a disk that gets full. The disk is the spare one.</summary>
public abstract class FullDiskTests(SharedGuest shared) : GuestTest(shared)
{
    private const string Full = "fastrun --data-root /full/fastrun";
    private const string FullExec = Full + " exec --no-workspace";

    [Fact]
    public void FullDisk_AtAnyPointOfALoadAndOfAPull_ErrorIsClearAndNothingIsLeft()
    {
        const int Points = 10;
        using GuestRegistry registry = new(Shared.NewDirectory());
        Guest guest = Guest;
        registry.Connect(guest);
        _ = guest.Script($"mkdir /full && mount /dev/vdb /full && {FullExec} {GuestImages.Busybox} -- true && sync").Output;
        try
        {
            long before = Used(guest);
            _ = guest.Script($"{FullExec} {GuestImages.Layered} -- true && sync").Output;
            long needed = Used(guest) - before;
            _ = guest.Script("fastrun --data-root /full/fastrun rmi -f localhost/layered && fastrun --data-root /full/fastrun gc").Output;

            for (int point = 0; point < Points; point++)
            {
                // What is left is less than either needs; a small rest is for the directories of the sandbox.
                long left = 64 + (needed * point / (Points + 1));
                CommandResult full = guest.Script($$"""
                    free=$(df -k /full | awk 'END { print $4 }')
                    fallocate -l $(((free - {{left}}) * 1024)) /full/filler || exit 90
                    for image in {{GuestImages.Layered}} {{registry.Image}}; do
                      {{FullExec}} --quiet $image -- true
                      code=$?
                      [ $code = 125 ] || exit $code
                      ls -A /full/fastrun/staging /full/fastrun/trash /full/fastrun/containers | grep -v '^/' | grep . && exit 91
                    done
                    {{FullExec}} busybox -- true || exit 92
                    rm /full/filler
                    fastrun --data-root /full/fastrun system check || exit 93
                    exit $code
                    """);
                Assert.True(
                    full.ExitCode == 125 && full.Stderr.Split('\n') is [var load, var pull, ""]
                        && load.EndsWith(": no space left on device", StringComparison.Ordinal)
                        && pull.EndsWith(": no space left on device", StringComparison.Ordinal),
                    $"point {point}: {full}");
            }

            Assert.Contains(GuestImages.LayeredDigest, guest.Script($"{FullExec} {GuestImages.Layered} -- sh -c 'cat /data-*' | sha256sum").Output);
            Assert.Contains(GuestImages.PulledDigest, guest.Script($"{FullExec} {registry.Image} -- sh -c 'cat /data-*' | sha256sum").Output);
        }
        finally
        {
            Clear(guest);
        }
    }

    [Fact]
    public void FullDisk_WhileASnapshotAndACommitAreMade_ThereIsAWholeOneOrNone()
    {
        Guest guest = Guest;
        _ = guest.Script($$"""
            mkdir /full && mount /dev/vdb /full || exit 90
            {{FullExec}} {{GuestImages.Busybox}} -- true && {{Full}} create --name box busybox true && {{Full}} cp /etc/passwd box:/state && sync
            """).Output;
        try
        {
            foreach (int left in (int[])[4, 12, 20, 40, 120])
            {
                CommandResult result = guest.Script($$"""
                    free=$(df -k /full | awk 'END { print $4 }')
                    fallocate -l $(((free - {{left}}) * 1024)) /full/filler || exit 90
                    {{Full}} snapshot create --no-workspace --force --from busybox -- full sh -c 'head -c 9000 /dev/zero > /state && echo end > /end'
                    made=$?
                    {{Full}} commit box committed
                    committed=$?
                    rm /full/filler
                    {{Full}} gc && {{Full}} system check || exit 91
                    ls -A /full/fastrun/staging /full/fastrun/trash | grep -v '^/' | grep . && exit 92
                    [ $made != 0 ] || {{FullExec}} snapshot:full -- cat /end || exit 93
                    [ $committed != 0 ] || {{FullExec}} committed -- cat /state >/dev/null || exit 94
                    for name in $({{Full}} snapshot ls -q); do {{FullExec}} snapshot:$name -- cat /end || exit 95; done
                    [ "$({{Full}} diff box)" = "A /state" ] || exit 96
                    {{Full}} rmi committed 2>/dev/null
                    echo made $made committed $committed
                    """);
                Assert.True(
                    result.ExitCode == 0 && (result.Stderr.Length == 0 || result.Stderr.Contains("no space left on device", System.StringComparison.OrdinalIgnoreCase)),
                    $"{left} KiB left: {result}");
            }
        }
        finally
        {
            Clear(guest);
        }
    }

    /// <summary>The disk is the other test's, too, and as empty.</summary>
    private static void Clear(Guest guest) => guest.Script($"{Full} rm -f box; rm -rf /full/fastrun /full/filler; umount /full; rmdir /full");

    private static long Used(Guest guest) =>
        long.Parse(guest.Script("df -k /full | awk 'END { print $3 }'").Output, CultureInfo.InvariantCulture);
}

[Collection<Linux61Collection>]
public sealed class FullDiskOnLinux61(Linux61 shared) : FullDiskTests(shared);

[Collection<Linux612Collection>]
public sealed class FullDiskOnLinux612(Linux612 shared) : FullDiskTests(shared);
