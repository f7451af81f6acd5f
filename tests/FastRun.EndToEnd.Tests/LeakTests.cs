using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Many sandboxes leave as little as one: nothing.</summary>
[Collection(MachineCollection.Name)]
public sealed class LeakTests(TestImages images) : SandboxTest(images)
{
    private static readonly string[] s_flags = ["--network", "none", "--memory", "64m", "--pids-limit", "50"];

    [Fact]
    public void TwoHundredSandboxes_InARow_LeaveNothing() => Many(200, atOnce: 1);

    [Fact]
    public void TwoHundredSandboxes_EightAtATime_LeaveNothing() => Many(200, atOnce: 8);

    [Fact(Explicit = true)]
    public void FiveThousandSandboxes_EightAtATime_LeaveNothing() => Many(5000, atOnce: 8);

    [Fact]
    public void OneHundredFailures_LeaveNothing()
    {
        _ = Exec(s_flags, "true").Exits(0);
        MachineCensus census = new(Roots);
        for (int round = 0; round < 25; round++)
        {
            _ = Exec(s_flags, "missing").Exits(127);
            _ = Exec(s_flags, "/etc/passwd").Exits(126);
            _ = Exec([.. s_flags, "-v", "/tmp:/proc/sys"], "true").Exits(125);
            _ = Exec([.. s_flags, "--timeout", "20ms"], "sleep", "5").Exits(124);
        }

        Assert.Empty(census.New());
    }

    private void Many(int count, int atOnce)
    {
        _ = Exec(s_flags, "true").Exits(0);
        MachineCensus census = new(Roots);
        Stopwatch clock = Stopwatch.StartNew();
        int[] codes = new int[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, i => codes[i] = Exec(s_flags, "sh", "-c", $"exit {i % 100}").ExitCode);
        double perSecond = count / clock.Elapsed.TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{perSecond:F0} sandboxes per second, {atOnce} at a time, test harness included");
        Assert.Equal(Enumerable.Range(0, count).Select(i => i % 100), codes);
        Assert.Empty(census.New());
    }
}
