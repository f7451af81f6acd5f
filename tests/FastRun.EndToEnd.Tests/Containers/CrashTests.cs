using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>
/// Commands and supervisors that are killed just before any change that they make of the disk: what is left is told right, its
/// name can be used again, and nothing stays.
/// </summary>
public sealed class CrashTests(TestImages images) : ContainerTest(images)
{
    private const int SigKill = 137;
    private const string Command = "FASTRUN_TEST_KILL_AT";
    private const string Supervisor = "FASTRUN_TEST_KILL_SUPERVISOR_AT";

    // The container is called kept; BUSYBOX is the image. Lines before the last one prepare what the last one is killed in.
    [Theory]
    [InlineData(8, "create --name kept -v /anonymous -v named:/named BUSYBOX true")]
    [InlineData(8, "run -d --name kept BUSYBOX sleep 1000")]
    [InlineData(8, "run --rm --name kept BUSYBOX true")]
    [InlineData(8, "run --name kept BUSYBOX true")]
    [InlineData(3, "create --name kept BUSYBOX sleep 1000", "start kept")]
    [InlineData(1, "run -d --name kept BUSYBOX sleep 1000", "stop kept")]
    [InlineData(1, "run -d --name kept BUSYBOX sleep 1000", "kill kept")]
    [InlineData(1, "run -d --name kept BUSYBOX sleep 1000", "pause kept")]
    [InlineData(1, "run -d --name kept BUSYBOX sleep 1000", "pause kept", "unpause kept")]
    [InlineData(3, "run -d --name kept -v /anonymous BUSYBOX sleep 1000", "rm -f -v kept")]
    [InlineData(3, "run --name kept -v /anonymous BUSYBOX true", "rm -v kept")]
    [InlineData(2, "run --name kept BUSYBOX true", "rename kept other")]
    [InlineData(2, "create --name kept BUSYBOX true", "update --restart always kept")]
    [InlineData(1, "run -d --name kept BUSYBOX sleep 1000", "restart -t 0 kept")]
    [InlineData(3, "run --name kept -v /anonymous BUSYBOX true", "container prune -f")]
    [InlineData(3, "volume create named")]
    [InlineData(3, "volume create named", "volume rm named")]
    public void Killed_BeforeAnyChangeOfTheDisk_NothingStays(int least, params string[] lines)
    {
        int points = 0;
        while (true)
        {
            for (int i = 0; i < lines.Length - 1; i++)
            {
                _ = FastRun(Words(lines[i])).Run().Exits(0);
            }

            CommandResult killed = Killed(Command, points + 1, lines[^1]);
            CheckAndRemove(killed);
            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                break;
            }

            points++;
        }

        Assert.True(points >= least, $"only {points} points");
    }

    [Theory]
    [InlineData("run -d --name kept BUSYBOX sh -c", "exit 3")]
    [InlineData("run -d --rm --name kept BUSYBOX sh -c", "exit 3")]
    [InlineData("run --name kept BUSYBOX sh -c", "echo a; exit 3")]
    [InlineData("run -d --restart on-failure:1 --name kept BUSYBOX sh -c", "exit 3")]
    public void SupervisorKilled_BeforeAnyChangeOfTheDisk_NothingStays(string line, string script)
    {
        for (int at = 1; at <= 30; at++)
        {
            CommandResult run = Killed(Supervisor, at, line, script);
            Assert.True(at > 1 || run.ExitCode is 125 or 137, $"no supervisor was killed: {run}");

            // It ends by itself or was ended; nobody waits for ever, and nobody is told that it runs.
            Assert.True(Processes.Eventually(() => StateOf("kept") is not ("running" or "restarting")), $"point {at}: {StateOf("kept")}");
            CheckAndRemove(run);
        }
    }

    private CommandResult Killed(string variable, int at, string line, params string[] more) => (FastRun([.. Words(line), .. more]) with
    {
        Environment = new Dictionary<string, string?> { [variable] = at.ToString(CultureInfo.InvariantCulture) },
    }).Run();

    private void CheckAndRemove(CommandResult killed)
    {
        string context = killed.ToString();
        string[] words = FastRun("ps", "-aq", "--no-trunc").Run().Lines;
        foreach (string id in words)
        {
            if (id.Length > 0)
            {
                // One that removes itself may be gone by now.
                CommandResult removed = FastRun("rm", "-f", "-v", id).Run();
                Assert.True(removed.ExitCode == 0 || removed.Stderr.Contains("No such container", StringComparison.Ordinal), $"{removed}\nafter {context}");
            }
        }

        _ = FastRun("gc").Run().Exits(0);
        _ = FastRun("volume", "prune", "-a", "-f").Run().Exits(0);
        Assert.True(Processes.Eventually(() => Roots.Leftovers().Count == 0), $"left: {string.Join(", ", Roots.Leftovers())}\nafter {context}");
        Assert.Equal("", FastRun("volume", "ls", "-q").Run().Output);
        Assert.Equal("again", Run(["--rm", "--name", "kept"], "echo", "again").Output);
    }

    private string[] Words(string line) => Array.ConvertAll(line.Split(' '), word => word == "BUSYBOX" ? Images.Busybox : word);
}
