using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>exec IMAGE --each FILE</c>: a sandbox for each line.</summary>
public sealed class BatchTests(TestImages images) : SandboxTest(images)
{
    private readonly string _mark = "mark-" + Guid.NewGuid().ToString("N");

    [Fact]
    public void Each_RunsEveryLineInASandboxOfItsOwn_AndPrintsItsOutputInOnePiece()
    {
        string lines = Roots.NewFile("lines", string.Concat(Enumerable.Range(1, 12).Select(number =>
            $"for i in 1 2 3 4 5 6 7 8 9; do echo {number} $i; done; test ! -e /left && touch /left\n\n")));

        CommandResult result = Batch("--parallel", "4", "--each", lines).Exits(0);

        // Whoever ended first comes first, but nobody in between.
        string[] printed = [.. result.Lines];
        Assert.Equal(12 * 9, printed.Length);
        string[] order = [.. printed.Where((_, index) => index % 9 == 0).Select(static line => line.Split(' ')[0])];
        Assert.Equal(Enumerable.Range(1, 12).Select(static number => number.ToString(CultureInfo.InvariantCulture)).Order(), order.Order());
        Assert.Equal(order.SelectMany(static number => Enumerable.Range(1, 9).Select(i => $"{number} {i}")), printed);
        Assert.StartsWith("12 succeeded, 0 failed in ", result.Stderr, StringComparison.Ordinal);
        Assert.Contains(", 4 at a time\nslowest:\n", result.Stderr, StringComparison.Ordinal);
        Assert.Equal(2 + 5, result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Each_OfStandardInput_StartsWhatHasCome()
    {
        using Process process = FastRun("exec", "--no-workspace", Images.Busybox, "--each", "-").Start();
        process.StandardInput.Write("echo first\n");
        process.StandardInput.Flush();
        Assert.Equal("first", process.StandardOutput.ReadLine());

        process.StandardInput.Write("echo second");
        process.StandardInput.Close();
        Assert.Equal("second", process.StandardOutput.ReadLine());
        Assert.StartsWith("2 succeeded, 0 failed", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Failures_AreNamed_AndTheOthersGoOn()
    {
        string lines = Roots.NewFile("lines", "true\nexit 3\nno-such-program\necho last\n");

        CommandResult result = Batch("--each", lines).Exits(1);

        Assert.Equal("last\n", result.Stdout);
        Assert.Contains("2 succeeded, 2 failed in", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("failed:\n  line 2, exit code 3: exit 3\n  line 3, exit code 127: no-such-program\n", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void FailFast_StartsNoMore()
    {
        string lines = Roots.NewFile("lines", "echo one\nfalse\necho three\necho four\n");

        CommandResult result = Batch("--fail-fast", "--each", lines).Exits(1);

        Assert.Equal("one\n", result.Stdout);
        Assert.Contains("1 succeeded, 1 failed, 2 not run in", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_TakesTheLine()
    {
        string lines = Roots.NewFile("lines", "a b\n$HOME; ls\n");

        Assert.Equal("<a b> end\n<$HOME; ls> end\n", Batch("--each", lines, "--", "printf", "%s %s\\n", "<{}>", "end").Exits(0).Stdout);
        Assert.Equal("a b\n$HOME; ls\n", Batch("--each", lines, "--", "echo").Exits(0).Stdout);
    }

    [Fact]
    public void Streams_ThatAreOne_KeepTheirOrder()
    {
        string lines = Roots.NewFile("lines", "for i in 1 2 3; do echo out $i; echo err $i >&2; done\n");
        string[] words = [.. FastRun("exec", "--no-workspace", Images.Busybox, "--each", lines).Arguments];

        Assert.StartsWith(
            "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n",
            new Command("/bin/sh", ["-c", "exec \"$@\" 2>&1", "sh", Repository.Binary, .. words]).Run().Exits(0).Output,
            StringComparison.Ordinal);
        CommandResult apart = Batch("--each", lines).Exits(0);
        Assert.Equal("out 1\nout 2\nout 3\n", apart.Stdout);
        Assert.StartsWith("err 1\nerr 2\nerr 3\n1 succeeded", apart.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_HasACaseForEach()
    {
        string lines = Roots.NewFile("lines", "echo '<&>'; printf '\\033[1m\\n'\necho bad >&2; exit 9\n");
        string file = Path.Combine(Roots.Top, "junit.xml");

        _ = Batch("--junit", file, "--each", lines).Exits(1);

        XElement suite = XDocument.Load(file).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1", "0", "0"), (Of(suite, "tests"), Of(suite, "failures"), Of(suite, "errors"), Of(suite, "skipped")));
        Assert.Equal(Images.Busybox, Of(suite, "name"));
        XElement[] cases = [.. suite.Elements("testcase")];
        Assert.Equal("echo '<&>'; printf '\\033[1m\\n'", Of(cases[0], "name"));
        Assert.Equal("<&>\n\uFFFD[1m\n", cases[0].Element("system-out")!.Value);
        Assert.Null(cases[0].Element("failure"));
        Assert.Equal("exit code 9", Of(cases[1].Element("failure")!, "message"));
        Assert.Equal("bad\n", cases[1].Element("system-err")!.Value);
    }

    [Fact]
    public void Report_HasThatOfEach()
    {
        string lines = Roots.NewFile("lines", "exit 4\ntrue\n");
        string file = Path.Combine(Roots.Top, "report.json");

        _ = Batch("--each", lines, "--report", file).Exits(1);

        JsonNode report = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.Equal([4, 0], report["commands"]!.AsArray().Select(static command => (int)command!["exitCode"]!));
        Assert.Equal([4, 0], report["commands"]!.AsArray().Select(static command => (int)command!["report"]!["exitCode"]!));
        Assert.Equal("exit 4", (string)report["commands"]![0]!["text"]!);
        Assert.Equal(0, (int)report["skipped"]!);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void Signal_EndsAllOfThem_AndNothingIsLeft(string signal, int code)
    {
        string lines = Roots.NewFile("lines", string.Concat(Enumerable.Repeat($"echo up >&2; sleep 1000; : {_mark}\n", 5)));
        using Process process = FastRun("exec", "--no-workspace", Images.Busybox, "--parallel", "3", "--each", lines).Start();
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count(static pid => Processes.CommandLine(pid).StartsWith("/bin/sh", StringComparison.Ordinal)) == 3));

        _ = Command.Output("kill", "-" + signal, process.Id.ToString(CultureInfo.InvariantCulture));

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(code, process.ExitCode);
        Assert.Contains("0 succeeded, 3 failed, 2 not run in", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Empty(Processes.With(_mark));
        Assert.Empty(Roots.Leftovers());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Signal_ThatCommandsOutlive_IsFollowedByTheirEnd(int signals)
    {
        string marks = Roots.NewDirectory("marks");
        string lines = Roots.NewFile("lines", string.Concat(Enumerable.Range(1, 2).Select(
            number => $"trap 'touch /marks/asked{number}' TERM; touch /marks/up{number}; while :; do sleep 0.1; done; : {_mark}\n")));
        using Process process = FastRun("exec", "--no-workspace", "-v", marks + ":/marks", Images.Busybox, "--parallel", "2", "--each", lines).Start();
        Assert.True(Processes.Eventually(() => Directory.GetFiles(marks, "up*").Length == 2));

        for (int i = 0; i < signals; i++)
        {
            _ = Command.Output("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
            Assert.True(Processes.Eventually(() => Directory.GetFiles(marks, "asked*").Length == 2));
        }

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(143, process.ExitCode);
        Assert.Empty(Processes.With(_mark));
        Assert.Empty(Roots.Leftovers());
    }

    [Fact]
    public void Kill9_OfTheBatch_EndsItsSandboxes()
    {
        string lines = Roots.NewFile("lines", string.Concat(Enumerable.Repeat($"sleep 1000; : {_mark}\n", 3)));
        using Process process = FastRun("exec", "--no-workspace", Images.Busybox, "--parallel", "3", "--each", lines).Start();
        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count(static pid => Processes.CommandLine(pid).StartsWith("/bin/sh", StringComparison.Ordinal)) == 3));

        process.Kill();

        Assert.True(Processes.Eventually(() => Processes.With(_mark).Count == 0));
        Assert.True(Processes.Eventually(() => Roots.Leftovers().Count == 0));
    }

    [Fact]
    public void BadInput_IsALine_AndNothingRuns()
    {
        string lines = Roots.NewFile("lines", "echo run\n");
        Batch("--each", Path.Combine(Roots.Top, "missing")).FailsWith(125, "missing: no such file or directory");
        Batch("--each", Roots.Top).FailsWith(125, "it cannot be read: is a directory");
        Batch("--parallel", "0", "--each", lines).FailsWith(125, "invalid number of commands at once: 0: it must be 1 to 1024");
        Batch("--each", lines, "echo").FailsWith(125, "unexpected argument: echo: the command stands behind '--'");
        Batch("--each", lines, "--junit", Path.Combine(Roots.Top, "no", "junit.xml")).FailsWith(125, "its directory does not exist");
        FastRun("exec", "--parallel", "2", Images.Busybox, "--", "true").Run().FailsWith(125, "--parallel needs --each FILE");
        FastRun("exec", "-i", Images.Busybox, "--each", lines).Run().FailsWith(125, "the commands of several lines have no terminal and no standard input");
        FastRun("exec", "-d", Images.Busybox, "--each", lines).Run().FailsWith(125, "--detach is for a container that runs");
        Batch("--each", Roots.NewFile("long", new string('x', 200_000))).FailsWith(125, "line 1 is longer than 128 KiB");
        Batch("--each", Roots.NewFile("nul", "true\nx\0y\n")).FailsWith(125, "line 2 has a NUL byte");
    }

    private static string Of(XElement element, string attribute) => element.Attribute(attribute)!.Value;

    private CommandResult Batch(params string[] words) => FastRun(["exec", "--no-workspace", Images.Busybox, .. words]).Run();
}
