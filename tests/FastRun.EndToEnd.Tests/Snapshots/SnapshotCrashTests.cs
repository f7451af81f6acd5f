using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Snapshots;

/// <summary>Snapshots that are killed while they are made or removed, on full disks, and everything at once that can be done to one.</summary>
public sealed class SnapshotCrashTests(TestImages images) : SandboxTest(images)
{
    private const int SigKill = 137;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Create_KilledBeforeAnyChangeOfTheDisk_TheNameMeansTheOldOneOrTheNew(bool includes)
    {
        _ = Create("old").Exits(0);
        int points = 0;
        while (true)
        {
            // Most points are before the command's end, and as those of any exec.
            CommandResult killed = Create("new", 1 + points, includes ? ["--force", "--tmpfs", "/data", "--include", "/data"] : ["--force"]);
            string found = FastRun("exec", "--no-workspace", "--pull", "never", "db", "--", "sh", "-c", "cat /state /data/state 2>/dev/null; true").Run().Output;
            string whole = includes ? "new\nnew" : "new";
            Assert.True(found == "old" || found == whole, $"killed at {points + 1}: the snapshot has {found}");
            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                Assert.Equal(whole, found);
                break;
            }

            points++;
            Collected(snapshots: 1);
            if (found != "old")
            {
                _ = Create("old", 0, "--force").Exits(0);
            }
        }

        Assert.True(points >= 20, $"only {points} points");
    }

    [Fact]
    public void Remove_KilledBeforeAnyChangeOfTheDisk_ItIsThereOrGone()
    {
        int points = 0;
        while (true)
        {
            _ = Create("state", 0, "--force").Exits(0);
            CommandResult killed = (FastRun("snapshot", "rm", "db") with { Environment = KillAt(1 + points) }).Run();
            bool isThere = FastRun("snapshot", "ls", "-q").Run().Output == "db";
            if (isThere)
            {
                Assert.Equal("state", FastRun("exec", "--no-workspace", "snapshot:db", "--", "cat", "/state").Run().Output);
            }

            Collected(isThere ? 1 : 0);
            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                Assert.False(isThere);
                break;
            }

            points++;
        }

        Assert.True(points >= 5, $"only {points} points");
    }

    [Fact]
    public void Create_DiskFull_KeepsNothingAndTheOldOneIsThere()
    {
        string disk = Directory.CreateDirectory(Roots.Data).FullName;
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=24m", "fastrun-test", disk);
        try
        {
            _ = Create("old").Exits(0);
            string filler = Path.Combine(disk, "filler");

            // The command fills it: that is the command's own failure.
            Assert.NotEqual(0, FastRun("snapshot", "create", "full", "--no-workspace", "--from", Images.Busybox, "--", "dd", "if=/dev/zero", "of=/big", "bs=1M").Run().ExitCode);

            // Memory that is taken along fills it: the command has succeeded.
            _ = FastRun(
                "snapshot", "create", "db", "--force", "--no-workspace", "--from", Images.Busybox, "--tmpfs", "/data:size=64m", "--include", "/data", "--", "sh", "-c", "dd if=/dev/zero of=/data/big bs=1M count=40 2>/dev/null").Run()
                .FailsWith(125, "/data: its contents cannot be part of the snapshot", "no space left on device");

            // So does somebody else, while the command runs: there is no room for a record.
            _ = FastRun(
                "snapshot", "create", "db", "--force", "-v", disk + ":/disk", "--no-workspace", "--from", Images.Busybox, "--", "sh", "-c", "echo new > /state; dd if=/dev/zero of=/disk/filler bs=4k 2>/dev/null; true").Run()
                .FailsWith(125, "no space left on device");
            File.Delete(filler);
            Assert.Equal("old", FastRun("exec", "--no-workspace", "db", "--", "cat", "/state").Run().Output);
            Collected(snapshots: 1);
            Assert.Equal("db", FastRun("snapshot", "ls", "-q").Run().Output);
            _ = Create("new", 0, "--force").Exits(0);
            Assert.Equal("new", FastRun("exec", "--no-workspace", "db", "--", "cat", "/state").Run().Output);
        }
        finally
        {
            Roots.AwaitSync();
            _ = Command.Run("umount", disk);
        }
    }

    [Fact]
    public async Task Create_Remove_Exec_Tag_Prune_Collect_AtOnce_NothingInUseGoesAndNothingElseStays()
    {
        _ = Create("kept", 0, "--label", "kept").Exits(0);
        _ = FastRun("snapshot", "create", "base", "--no-workspace", "--from", "db", "--", "sh", "-c", "echo base > /base").Run().Exits(0);
        _ = FastRun("snapshot", "create", "busy", "--no-workspace", "--from", "base", "--", "sh", "-c", "echo busy > /busy").Run().Exits(0);
        const int Rounds = 6;
        string create = $"snapshot create contended --force --no-workspace --from base -- sh -c 'echo $0 > /mine; sleep 0.01' $i";
        string[] loops =
        [
            create, create, "snapshot rm contended", "snapshot rm -f contended", "image prune -af", "gc", "rmi -f localhost/busybox", "snapshot ls", "snapshot inspect contended",
            "tag contended registry.test/contended:$i", "snapshot create nested --force --no-workspace --from contended -- true",
        ];
        List<Task<CommandResult>> running = [.. loops.Select(line => Task.Run(new Command(
            "sh", "-c", $"for i in $(seq {Rounds}); do '{Repository.Binary}' {string.Join(' ', Roots.Options)} {line}; done 2>&1; true")
        {
            Timeout = TimeSpan.FromMinutes(4),
        }.Run))];

        // Whoever runs from a snapshot that nobody removes always runs; of the contended one each fork is whole, or there is none.
        Task<CommandResult> use = Task.Run(new Command(
            "sh", "-c", $"for i in $(seq {Rounds}); do '{Repository.Binary}' {string.Join(' ', Roots.Options)} exec --no-workspace busy -- sh -c 'sleep 0.05; cat /state /base /busy' || exit 1; done")
        {
            Timeout = TimeSpan.FromMinutes(4),
        }.Run);
        Task<CommandResult> contended = Task.Run(new Command(
            "sh", "-c", $"for i in $(seq {2 * Rounds}); do '{Repository.Binary}' {string.Join(' ', Roots.Options)} exec --no-workspace snapshot:contended -- sh -c 'sleep 0.02; cat /state /base /mine | wc -l'; done 2>&1; true")
        {
            Timeout = TimeSpan.FromMinutes(4),
        }.Run);
        Assert.Equal(Enumerable.Repeat<string[]>(["kept", "base", "busy"], Rounds).SelectMany(static lines => lines), (await use).Lines);
        foreach (string line in (await contended).Lines)
        {
            Assert.True(line is "3" or "fastrun: contended: no such snapshot", line);
        }

        foreach (CommandResult result in await Task.WhenAll(running))
        {
            Assert.DoesNotContain("damaged", result.Stdout, StringComparison.Ordinal);
            Assert.DoesNotContain("missing from the store", result.Stdout, StringComparison.Ordinal);
            Assert.DoesNotContain("is not there", result.Stdout, StringComparison.Ordinal);
        }

        Assert.Equal("kept\nbase\nbusy", FastRun("exec", "--no-workspace", "busy", "--", "cat", "/state", "/base", "/busy").Run().Output);
        foreach (string name in FastRun("snapshot", "ls", "-q").Run().Lines)
        {
            _ = FastRun("snapshot", "rm", name).Run().Exits(0);
        }

        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        Collected(snapshots: 0);
        Assert.Equal(["_diffs"], Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "content", "sha256")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "images", "_ids")));
    }

    private CommandResult Create(string state, int killAt = 0, params IReadOnlyList<string> flags) => (FastRun(
        ["snapshot", "create", "--no-workspace", "--from", Images.Busybox, .. flags, "--", "db", "sh", "-c", $"echo {state} > /state; test ! -e /data || echo {state} > /data/state"]) with
    {
        Environment = killAt == 0 ? new Dictionary<string, string?>() : KillAt(killAt),
    }).Run();

    private static Dictionary<string, string?> KillAt(int point) => new() { ["FASTRUN_TEST_KILL_AT"] = point.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Collects, and looks whether what is left is what snapshots of this test have: a layer each above the image's one.</summary>
    private void Collected(int snapshots)
    {
        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("system", "check").Run().Exits(0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "containers")));
        int layers = Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Count(static path => !path.EndsWith("_diffs", StringComparison.Ordinal));
        Assert.True(layers <= 1 + snapshots, $"{layers} layers are left, with {snapshots} snapshots");
        Assert.True(
            Directory.GetFiles(Path.Combine(Roots.Data, "images", "_ids")).Length <= 1 + snapshots, $"records are left, with {snapshots} snapshots");
    }
}
