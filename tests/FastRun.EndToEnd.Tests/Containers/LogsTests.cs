using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
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

    [Theory]
    [InlineData("json-file", "max-size=20k", "max-file=4", 4)]
    [InlineData("local", "max-size=20k", "max-file=4", 4)]
    [InlineData("local", "max-size=20k", "compress=false", 5)]
    public void Logs_Rotated_AreTheLastFilesInOrder(string driver, string first, string second, int files)
    {
        string id = Run(["--name", "turning", "--log-driver", driver, "--log-opt", first, "--log-opt", second], "seq", "1", "20000")
            .Exits(0).Output.Length > 0 ? FastRun("ps", "-aq", "--no-trunc").Run().Output : "";

        string[] lines = FastRun("logs", "turning").Run().Exits(0).Lines;

        Assert.Equal(files, Directory.GetFiles(Roots.Data + "/containers/" + id, "container.log*").Length);
        Assert.Equal("20000", lines[^1]);
        Assert.Equal(Enumerable.Range(20_001 - lines.Length, lines.Length).Select(number => number.ToString(CultureInfo.InvariantCulture)), lines);

        // The last file alone holds fewer: the count goes on in the files before.
        Assert.Equal(lines[^700..], FastRun("logs", "--tail", "700", "turning").Run().Lines);
        Assert.Equal(lines, FastRun("logs", "--tail", "100000", "turning").Run().Lines);
    }

    [Fact]
    public void Logs_OfCompressedJsonFiles_AreReadByUsAndByGzip()
    {
        Run(["--name", "turning", "--log-opt", "max-size=20k", "--log-opt", "max-file=4", "--log-opt", "compress=true"], "seq", "1", "20000").Exits(0);
        string directory = Roots.Data + "/containers/" + FastRun("ps", "-aq", "--no-trunc").Run().Output;

        string[] lines = FastRun("logs", "turning").Run().Exits(0).Lines;

        Assert.Equal(
            ["container.log", "container.log.1.gz", "container.log.2.gz", "container.log.3.gz"],
            Directory.GetFiles(directory, "container.log*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(20_001 - lines.Length, lines.Length).Select(number => number.ToString(CultureInfo.InvariantCulture)), lines);
        string[] oldest = Command.Output("gzip", "-dc", directory + "/container.log.3.gz").Split('\n');
        Assert.Equal(oldest.Select(line => (string)JsonNode.Parse(line)!["log"]!), lines[..oldest.Length].Select(line => line + "\n"));
        Assert.Equal(lines[^700..], FastRun("logs", "--tail", "700", "turning").Run().Lines);
    }

    [Theory]
    [InlineData("json-file")]
    [InlineData("local")]
    public void Logs_Follow_GoesOnAcrossRotations(string driver)
    {
        Detached(
            ["--name", "turning", "--log-driver", driver, "--log-opt", "max-size=50k", "--log-opt", "max-file=20"],
            "sh", "-c", "seq 1 3000; sleep 0.3; seq 3001 6000; sleep 0.3; seq 6001 9000");

        Assert.Equal(
            Enumerable.Range(1, 9000).Select(number => number.ToString(CultureInfo.InvariantCulture)),
            FastRun("logs", "-f", "turning").Run().Exits(0).Lines);
    }

    [Fact]
    public void Logs_Local_KeepsStreamsTimesAndAnyBytes()
    {
        Run(["--name", "bytes", "--log-driver", "local"], "sh", "-c", "printf 'a\"\\t\\n'; echo err >&2; printf end").Exits(0);

        CommandResult result = FastRun("logs", "bytes").Run().Exits(0);
        Assert.Equal("a\"\t\nend", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
        string time = FastRun("logs", "-t", "--tail", "1", "bytes").Run().Output.Split(' ')[0];
        Assert.Equal("end", FastRun("logs", "--since", time, "bytes").Run().Stdout);
    }

    [Fact]
    public void Logs_NonBlocking_KeepsWhatTheDiskTakes()
    {
        Run(["--name", "fast", "--log-opt", "mode=non-blocking", "--log-opt", "max-buffer-size=64m"], "seq", "1", "50000").Exits(0);

        Assert.Equal(50_000, FastRun("logs", "fast").Run().Lines.Length);
    }

    [Fact]
    public void Logs_Details_AreLabelsVariablesAndTag()
    {
        Run(
            ["--name", "told", "--label", "tier=front end", "-e", "CI=1", "-e", "OTHER=2",
                "--log-opt", "labels=tier,none", "--log-opt", "env=CI", "--log-opt", "tag={{.Name}}/{{ .ImageName }}"],
            "echo", "hello").Exits(0);

        Assert.Equal(
            $"CI=1,tag=told%2F{Uri.EscapeDataString(Images.Busybox)},tier=front+end hello", FastRun("logs", "--details", "told").Run().Output);
        Assert.Equal("hello", FastRun("logs", "told").Run().Output);
    }

    [Fact]
    public void Logs_Details_OfPatterns_AreThoseInWhoseNameTheyAreFound()
    {
        Run(
            ["--name", "told", "--label", "com.example.tier=1", "--label", "other=2", "-e", "CI_JOB=3", "-e", "MY_CI=4", "-e", "OTHER=5",
                "--log-opt", "labels-regex=^com\\.", "--log-opt", "env-regex=^CI_", "--log-opt", "env=OTHER"],
            "echo", "hello").Exits(0);

        Assert.Equal("CI_JOB=3,OTHER=5,com.example.tier=1 hello", FastRun("logs", "--details", "told").Run().Output);
    }

    [Theory]
    [InlineData("max-size=0", "max-size must be a positive number")]
    [InlineData("max-size=much", "invalid size: 'much'")]
    [InlineData("max-file=0", "max-file cannot be less than 1")]
    [InlineData("compress=true", "compress cannot be true when max-file is less than 2 or max-size is not set")]
    [InlineData("mode=slow", "logger: logging mode not supported: slow")]
    [InlineData("max-buffer-size=1m", "max-buffer-size option is only supported with 'mode=non-blocking'")]
    [InlineData("colour=red", "unknown log opt 'colour' for json-file log driver")]
    [InlineData("labels-regex=(a|b)", "what can be used is text, . [a-z] * + ? | ^ and $")]
    [InlineData("tag={{.Nobody}}", "only fields such as {{.Name}} can stand in braces")]
    public void Create_WrongLogOptions_AreRefused(string option, string message) =>
        FastRun("create", "--log-opt", option, Images.Busybox).Run().FailsWith(125, message);

    [Fact]
    public void Logs_Follow_UntilATimeToCome_EndsThen()
    {
        Detached(["--name", "long"], "sh", "-c", "echo one; sleep 1000");
        Assert.True(Processes.Eventually(() => FastRun("logs", "long").Run().Stdout.Length > 0));

        Assert.Equal("one", FastRun("logs", "-f", "--until", "-200ms", "long").Run().Exits(0).Output);
    }

    [Fact]
    public void Logs_OfDriverNone_CannotBeRead()
    {
        Run(["--name", "quiet", "--log-driver", "none"], "echo", "hello").Exits(0);

        FastRun("logs", "quiet").Run().FailsWith(1, "configured logging driver does not support reading");
    }
}
