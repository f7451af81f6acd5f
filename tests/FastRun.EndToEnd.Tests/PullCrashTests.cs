using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Pulls that are killed, and pulls onto disks that are too small.</summary>
public sealed class PullCrashTests : SandboxTest
{
    private const int SigKill = 128 + 9;

    private readonly FaultyRegistry _registry = new();
    private string? _disk;

    public PullCrashTests(TestImages images)
        : base(images)
    {
        OciLayout layout = new(Roots.NewDirectory("layout"));
        byte[] large = new byte[600_000];
        new Random(1).NextBytes(large);
        layout.AddImage("app", [new LayerTar().Directory("a").File("a/b", "1").SymbolicLink("a/c", "b").ToArray(), new LayerTar().Directory("a").File("a/large", large).HardLink("a/link", "a/large").ToArray()]);
        _registry.Add(layout);
    }

    private string Name => _registry.Authority + "/app:app";

    [Fact]
    public void Pull_KilledBeforeAnyChangeOfTheDisk_TheNextOneCompletesAndGcCleans()
    {
        int points = 0;
        string[] whole = [];
        for (int at = 1; ; at++)
        {
            Command pull = FastRun("pull", "-q", Name) with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = at.ToString(CultureInfo.InvariantCulture) },
            };
            CommandResult killed = pull.Run();
            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                break;
            }

            points++;
            Assert.Equal(Name, FastRun("pull", "-q", Name).Run().Output);
            Roots.AwaitSync();
            _ = FastRun("gc").Run().Exits(0);
            string[] left = Tree();
            whole = whole.Length == 0 ? left : whole;
            Assert.Equal(whole, left);
            _ = FastRun("rmi", Name).Run().Exits(0);
            _ = FastRun("gc").Run().Exits(0);
        }

        Assert.True(points >= 50, $"only {points} points");
    }

    [Fact]
    public void Pull_DiskFullAtAnySize_OneErrorAndAllElseWorks()
    {
        int failures = 0;
        for (int kilobytes = 40; ; kilobytes += 60)
        {
            Assert.True(kilobytes < 8000, "it never fits");
            string disk = Roots.NewDirectory("disk-" + kilobytes);
            _disk = disk;
            _ = Command.Output("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k,nr_inodes=10k", "tmpfs", disk);
            string[] roots = ["--data-root", Path.Combine(disk, "data"), "--run-root", Path.Combine(disk, "run")];
            CommandResult pull = new Command(Repository.Binary, [.. roots, "pull", "-q", Name]).Run();
            if (pull.ExitCode == 0)
            {
                Roots.AwaitSync();
                break;
            }

            failures++;
            _ = pull.FailsWith(1, "no space left on device");
            string staging = Path.Combine(disk, "data", "staging");
            Assert.True(!Directory.Exists(staging) || !Directory.EnumerateFileSystemEntries(staging).Any(), $"staging is left at {kilobytes} kB");
            Assert.Equal("", new Command(Repository.Binary, [.. roots, "images", "-q"]).Run().Output);
            _ = new Command(Repository.Binary, [.. roots, "gc"]).Run().Exits(0);
            Unmount();
        }

        Assert.True(failures >= 8, $"only {failures} sizes were too small");
    }

    protected override void Dispose(bool disposing)
    {
        Unmount();
        _registry.Dispose();
        base.Dispose(disposing);
    }

    private void Unmount()
    {
        if (_disk is not null)
        {
            _ = Command.Output("umount", _disk);
            _disk = null;
        }
    }

    /// <summary>All names in the store; local ids, which are random, as one word.</summary>
    private string[] Tree()
    {
        string[] ids = [.. Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Select(path => Path.GetFileName(path)!).Where(id => id[0] != '_')];
        return [.. Directory.EnumerateFileSystemEntries(Roots.Data, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .Select(path => ids.Aggregate(path, (text, id) => text.Replace(id, "ID", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];
    }
}
