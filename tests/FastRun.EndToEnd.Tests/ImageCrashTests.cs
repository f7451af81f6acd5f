using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Pushes and imports that are killed before any change of the disk, and everything at once that can be done to one image.</summary>
public sealed class ImageCrashTests(TestImages images) : SandboxTest(images)
{
    private const int SigKill = 137;

    [Fact]
    public void Push_KilledBeforeAnyChangeOfTheDisk_TheNextOneCompletes()
    {
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
        _ = FastRun("exec", "--no-workspace", Images.Busybox, "--", "true").Run().Exits(0);
        int points = Sweep(1, point =>
        {
            string name = $"{registry.Authority}/app:{point}";
            _ = FastRun("tag", "localhost/busybox:latest", name).Run().Exits(0);
            CommandResult killed = Killed(point, "push", "--force-compression", "--compression", "zstd", name);

            // Whatever the registry has by now, the name means the image still, and the next push ends well.
            Assert.Equal("hello", FastRun("exec", "--offline", "--no-workspace", name, "--", "echo", "hello").Run().Output);
            Assert.Contains(": digest: sha256:", FastRun("push", "--force-compression", "--compression", "zstd", name).Run().Lines[^1], StringComparison.Ordinal);
            Assert.Equal(200, registry.Status(System.Net.Http.HttpMethod.Get, $"/v2/app/manifests/{point}"));
            _ = FastRun("gc").Run().Exits(0);
            _ = FastRun("system", "check").Run().Exits(0);
            _ = FastRun("rmi", name).Run().Exits(0);
            return killed;
        });
        Assert.True(points >= 3, $"only {points} points");
        AssertNothingStays();
    }

    [Fact]
    public void Import_KilledBeforeAnyChangeOfTheDisk_TheNextOneCompletesAndGcCleans()
    {
        string tar = Path.Combine(Roots.Top, "tree.tar");
        File.WriteAllBytes(tar, new LayerTar().Directory("d").File("d/f", "x").SymbolicLink("l", "d/f").ToArray());
        int points = Sweep(2, point =>
        {
            CommandResult killed = Killed(point, "import", tar, "imported:1");
            string id = FastRun("import", tar, "imported:1").Run().Output;
            Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "imported").Run().Output);
            _ = FastRun("gc").Run().Exits(0);
            _ = FastRun("system", "check").Run().Exits(0);
            AssertNothingStays();
            return killed;
        });
        Assert.True(points >= 5, $"only {points} points");
    }

    [Fact]
    public async Task Push_Remove_Prune_Exec_Load_AtOnce_NothingInUseGoesAndNothingElseStays()
    {
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
        string name = registry.Authority + "/app:1";
        _ = FastRun("exec", "--no-workspace", Images.Busybox, "--", "true").Run().Exits(0);
        string archive = Path.Combine(Roots.Top, "app.tar");
        _ = FastRun("tag", "localhost/busybox:latest", name).Run().Exits(0);
        _ = FastRun("push", name).Run().Exits(0);
        _ = FastRun("save", "-o", archive, name).Run().Exits(0);

        // Those that may find that there is no such image right now; what runs must run, since the registry has it.
        string[] loops =
        [
            $"push -q {name}", $"rmi -f {name}", "image prune -af", "gc", $"load -q -i {archive}", $"tag {name} other:$i",
        ];
        const int Rounds = 5;
        List<Task<CommandResult>> running = [.. loops.Select(line => Task.Run(new Command(
            "sh", "-c", $"for i in $(seq {Rounds}); do '{Repository.Binary}' {string.Join(' ', Roots.Options)} {line}; done 2>&1; true")
        {
            Timeout = TimeSpan.FromMinutes(3),
        }.Run))];
        Task<CommandResult> use = Task.Run(new Command(
            "sh", "-c", $"for i in $(seq {Rounds}); do '{Repository.Binary}' {string.Join(' ', Roots.Options)} exec -q --no-workspace {name} -- sh -c 'sleep 0.05; echo hello' || exit 1; done")
        {
            Timeout = TimeSpan.FromMinutes(3),
        }.Run);
        Assert.Equal(Enumerable.Repeat("hello", Rounds), (await use).Lines);
        foreach (CommandResult result in await Task.WhenAll(running))
        {
            Assert.DoesNotContain("damaged", result.Stdout, StringComparison.Ordinal);
            Assert.DoesNotContain("missing from the store", result.Stdout, StringComparison.Ordinal);
        }

        _ = FastRun("system", "check").Run().Exits(0);
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + name, "dir:" + Path.Combine(Roots.Top, "copy"));
        AssertNothingStays();
    }

    private CommandResult Killed(int point, params IReadOnlyList<string> arguments) => (FastRun(arguments) with
    {
        Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = point.ToString(CultureInfo.InvariantCulture) },
    }).Run();

    /// <summary>Calls with 1, 1 + step and so on, until the command is no longer killed.</summary>
    /// <returns>How often it was.</returns>
    private static int Sweep(int step, Func<int, CommandResult> attempt)
    {
        for (int points = 0; ; points++)
        {
            CommandResult result = attempt(1 + (points * step));
            if (result.ExitCode != SigKill)
            {
                _ = result.Exits(0);
                return points;
            }
        }
    }

    private void AssertNothingStays()
    {
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-aq").Run().Output);
        Assert.Equal(["_diffs"], Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "content", "sha256")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
    }
}
