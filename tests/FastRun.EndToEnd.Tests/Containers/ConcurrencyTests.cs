using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Everybody at once, on the same state: no command waits for ever, fails, or takes away what another one needs.</summary>
[Collection(MachineCollection.Name)]
public sealed class ConcurrencyTests(TestImages images) : ContainerTest(images)
{
    private const int Workers = 32;

    [Fact]
    public void ThirtyTwoWorkers_ForTwentySeconds_NeitherDeadlockNorLoseALayer() => Work(TimeSpan.FromSeconds(20));

    [Fact(Explicit = true)]
    public void ThirtyTwoWorkers_ForHalfAnHour_NeitherDeadlockNorLoseALayer() => Work(TimeSpan.FromMinutes(30));

    [Fact]
    public void OneHundredLives_LeaveTheMachineAsItWas() => Live(100);

    [Fact(Explicit = true)]
    public void OneThousandLives_LeaveTheMachineAsItWas() => Live(1000);

    [Fact]
    public void Supervisor_OfAHundredClients_KeepsNothingOfThem() => Serve(100);

    [Fact(Explicit = true)]
    public void Supervisor_OfAThousandClients_KeepsNothingOfThem() => Serve(1000);

    private void Work(TimeSpan time)
    {
        _ = Detached(["--name", "shared"], "sleep", "100000");
        MachineCensus census = new(Roots);
        Stopwatch clock = Stopwatch.StartNew();
        int[] done = new int[Workers];
        Thread[] workers = new Thread[Workers];
        string?[] failures = new string?[Workers];
        for (int i = 0; i < Workers; i++)
        {
            int worker = i;
            workers[i] = new Thread(() =>
            {
                try
                {
                    for (int round = 0; clock.Elapsed < time && failures.All(static failure => failure is null); round++)
                    {
                        Step(worker, round);
                        done[worker]++;
                    }
                }
                catch (Exception exception)
                {
                    failures[worker] = exception.Message;
                }
            });
            workers[i].Start();
        }

        Array.ForEach(workers, static worker => worker.Join());
        Assert.True(failures.All(static failure => failure is null), string.Join('\n', failures.OfType<string>()));
        TestContext.Current.TestOutputHelper?.WriteLine($"{done.Sum()} steps in {clock.Elapsed.TotalSeconds:F0} s");
        Assert.All(done, static count => Assert.NotEqual(0, count));
        Assert.Equal("running", StateOf("shared"));
        Assert.EndsWith("damaged: 0", FastRun("system", "check").Run().Output, StringComparison.Ordinal);
        Assert.Equal("here", Run(["--rm"], "echo", "here").Output);
        foreach (string id in FastRun("ps", "-aq", "--filter", "status=exited").Run().Lines.Where(static id => id.Length > 0))
        {
            _ = FastRun("rm", "-v", id).Run().Exits(0);
        }

        _ = FastRun("rmi", "-f", "localhost/layered").Run();
        _ = FastRun("gc").Run().Exits(0);
        Assert.DoesNotContain(census.New(), static left => left.StartsWith("process", StringComparison.Ordinal) || left.StartsWith("cgroup", StringComparison.Ordinal) || left.StartsWith("mount", StringComparison.Ordinal));
    }

    /// <summary>Each worker goes through the steps in an order of its own.</summary>
    private void Step(int worker, int round)
    {
        string name = $"w{worker}-{round}";
        switch ((worker + round) % 8)
        {
            case 0:
                Assert.Equal(name, Patient("run", "--rm", Images.Busybox, "echo", name).Output);
                break;
            case 1:
                Assert.Equal(name, Patient("exec", "--no-workspace", Images.Busybox, "--", "echo", name).Output);
                break;
            case 2:
                Assert.Equal(name, Patient("exec", "shared", "echo", name).Output);
                break;
            case 3:
                _ = Patient("run", "-d", "--name", name, Images.Busybox, "sh", "-c", $"echo {name}; sleep 1000").Exits(0);
                Assert.Equal(name, Patient("exec", name, "echo", name).Output);
                _ = Patient("rm", "-f", "-v", name).Exits(0);
                break;
            case 4:
                // The one that ends is not there any more where a neighbour prunes.
                _ = Patient("run", "--name", name, "-v", "/data", Images.Busybox, "touch", "/data/file").Exits(0);
                CommandResult removed = Patient("rm", "-v", name);
                Assert.True(removed.ExitCode == 0 || removed.Stderr.Contains("No such container", StringComparison.Ordinal), removed.ToString());
                break;
            case 5:
                _ = Patient("ps", "-a").Exits(0);
                _ = Patient("images").Exits(0);
                break;
            case 6:
                Assert.Equal(name, Patient("exec", "--no-workspace", Images.Layered, "--", "echo", name).Output);
                CommandResult untagged = Patient("rmi", "localhost/layered");
                Assert.True(untagged.ExitCode == 0 || untagged.Stderr.Contains("in use", StringComparison.Ordinal) || untagged.Stderr.Contains("o such image", StringComparison.Ordinal), untagged.ToString());
                break;
            default:
                _ = Patient(worker % 2 == 0 ? ["gc"] : ["volume", "prune", "-f"]).Exits(0);
                break;
        }
    }

    /// <summary>Thirty-two at once are slow on two processors; what takes longer than this does not end.</summary>
    private CommandResult Patient(params IReadOnlyList<string> arguments) => (FastRun(arguments) with { Timeout = TimeSpan.FromMinutes(5) }).Run();

    private void Live(int lives)
    {
        string[] flags = ["-v", "/anonymous", "--memory", "64m"];
        Life(flags, "first");
        MachineCensus census = new(Roots);
        Parallel.For(0, lives, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Life(flags, "life" + i));
        Assert.Empty(census.New());
    }

    private void Life(string[] flags, string name)
    {
        _ = Detached(["--name", name, .. flags], "sh", "-c", "echo out; exec sleep 1000");
        Assert.Equal("in", FastRun("exec", name, "echo", "in").Run().Output);
        Assert.True(Processes.Eventually(() => FastRun("logs", name).Run().Output == "out"));
        _ = FastRun("stop", name).Run().Exits(0);
        _ = FastRun("start", name).Run().Exits(0);
        _ = FastRun("rm", "-f", "-v", name).Run().Exits(0);
    }

    private void Serve(int clients)
    {
        _ = Detached(["-i", "--name", "served"], "cat");
        Talk(0);

        // Its watcher is a child that shares its words.
        IReadOnlyList<int> both = [.. Processes.With(Roots.Top).Where(static pid => Processes.CommandLine(pid).Contains(" supervise ", StringComparison.Ordinal))];
        int supervisor = Assert.Single(both, pid => !both.Contains(ParentOf(pid)));
        (int Descriptors, int Threads, long Memory) before = Used(supervisor);
        for (int i = 1; i <= clients; i++)
        {
            Talk(i);
        }

        (int Descriptors, int Threads, long Memory) after = (0, 0, 0);
        Assert.True(
            Processes.Eventually(() => (after = Used(supervisor)).Descriptors <= before.Descriptors && after.Threads <= before.Threads && after.Memory < 4096),
            $"before: {before}, after: {after}");
    }

    /// <summary>One that comes, says a line, sees it come back, and is killed.</summary>
    private void Talk(int number)
    {
        using Process client = FastRun("attach", "served").Start();
        client.StandardInput.Write(number.ToString(CultureInfo.InvariantCulture) + "\n");
        client.StandardInput.Flush();
        string? line;
        while ((line = client.StandardOutput.ReadLine()) != number.ToString(CultureInfo.InvariantCulture))
        {
            Assert.NotNull(line);
        }

        client.Kill();
        client.WaitForExit();
    }

    private static int ParentOf(int pid) =>
        int.Parse(File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture);

    /// <summary>Its memory in KiB, without the pages of the program's file, which all supervisors share.</summary>
    private static (int Descriptors, int Threads, long Memory) Used(int pid) => (
        Directory.GetFiles($"/proc/{pid}/fd").Length,
        Directory.GetDirectories($"/proc/{pid}/task").Length,
        File.ReadLines($"/proc/{pid}/smaps_rollup").Where(static line => line.StartsWith("Private_Dirty", StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)));
}
