using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>logs: which lines, on which stream, until when.</summary>
public sealed class LogsTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Logs_KeepsWhatWasWrittenOnWhichStream()
    {
        Run(["--name", "both"], "sh", "-c", "echo out; echo err >&2; printf end").Exits(0);

        CommandResult result = FastRun("logs", "both").Run().Exits(0);

        Assert.Equal("out\nend", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [Fact]
    public void Logs_OfATerminal_AreItsOutput()
    {
        Detached(["-t", "--name", "tty"], "echo", "hello");
        FastRun("wait", "tty").Run().Exits(0);

        Assert.Equal("hello\r\n", FastRun("logs", "tty").Run().Stdout);
    }

    [Fact]
    public void Logs_Tail_AreTheLastLines()
    {
        Run(["--name", "many"], "seq", "1", "50000").Exits(0);

        Assert.Equal(["49998", "49999", "50000"], FastRun("logs", "-n", "3", "many").Run().Lines);
        Assert.Equal("", FastRun("logs", "--tail", "0", "many").Run().Stdout);
        Assert.Equal(50_000, FastRun("logs", "--tail", "all", "many").Run().Lines.Length);
        Assert.Equal(50_000, FastRun("logs", "--tail", "60000", "many").Run().Lines.Length);
    }

    [Fact]
    public void Logs_Follow_EndsWithTheContainer()
    {
        string id = Detached([], "sh", "-c", "for i in 1 2 3 4 5; do echo $i; sleep 0.1; done");

        Assert.Equal(["1", "2", "3", "4", "5"], FastRun("logs", "-f", id).Run().Lines);
    }

    [Fact]
    public void Logs_Follow_ShowsWhatComes()
    {
        Detached(["--name", "slow"], "sh", "-c", "trap 'echo second' USR1; echo first; while :; do sleep 0.05; done");
        using Process follower = FastRun("logs", "--follow", "slow").Start();
        Assert.Equal("first", follower.StandardOutput.ReadLine());

        FastRun("kill", "-s", "USR1", "slow").Run().Exits(0);

        Assert.Equal("second", follower.StandardOutput.ReadLine());
        FastRun("stop", "slow").Run().Exits(0);
        Assert.True(follower.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Logs_Timestamps_AreThoseThatSinceAndUntilMean()
    {
        Run(["--name", "timed"], "sh", "-c", "echo one; sleep 0.05; echo two; sleep 0.05; echo three").Exits(0);
        string[] lines = FastRun("logs", "-t", "timed").Run().Lines;
        string[] times = [.. lines.Select(line => line.Split(' ')[0])];

        Assert.Equal(["one", "two", "three"], lines.Select(line => line.Split(' ')[1]));
        Assert.All(times, time => Assert.InRange(
            DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow));
        Assert.Equal(["two", "three"], FastRun("logs", "--since", times[1], "timed").Run().Lines);
        Assert.Equal(["one", "two"], FastRun("logs", "--until", times[1], "timed").Run().Lines);
        Assert.Equal(3, FastRun("logs", "--since", "10m", "timed").Run().Lines.Length);
        FastRun("logs", "--since", "yesterday", "timed").Run().FailsWith(125, "yesterday");
    }

    [Fact]
    public void Logs_OfDriverNone_CannotBeRead()
    {
        Run(["--name", "quiet", "--log-driver", "none"], "echo", "hello").Exits(0);

        FastRun("logs", "quiet").Run().FailsWith(1, "configured logging driver does not support reading");
    }
}
