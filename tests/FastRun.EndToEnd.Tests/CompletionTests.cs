using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Completion, by the scripts in the shells themselves.</summary>
public sealed class CompletionTests(TestImages images) : SandboxTest(images)
{
    private string Prefix => $"{Repository.Binary} {string.Join(' ', Roots.Options)}";

    [Theory]
    [InlineData("volume l", "ls\n")]
    [InlineData("exec --time", "--timeout\n")]
    [InlineData("exec --pull always --explai", "--explain\n")]
    [InlineData("logs ", "completed\nother\n")]
    [InlineData("--debug logs -n 5 comp", "completed\n")]
    [InlineData("rm completed oth", "other\n")]
    [InlineData("logs completed ", "")]
    [InlineData("run --rm --network no", "none\n")]
    public void Bash_Completes(string typed, string expected)
    {
        MakeContainers();
        string words = Bash(typed);
        if (typed == "exec --time")
        {
            Assert.StartsWith("--time", words, StringComparison.Ordinal);
            Assert.Contains(expected, words, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, words);
        }
    }

    [Fact]
    public void Bash_TagBehindAColon_IsCompletedFromTheColon()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        Assert.Equal("1.0\n", Bash("run example.test/busybox:", "example.test/busybox", ":"));
        Assert.Equal("1.0\n", Bash("run example.test/busybox:1", "example.test/busybox", ":", "1"));
    }

    [Fact]
    public void Bash_Files_AreTheShells()
    {
        string file = Roots.NewFile("some.report", "");
        Assert.Equal(file + "\n", Bash("exec --report " + file[..^3]));
    }

    [Fact]
    public void Zsh_Completes()
    {
        Require("zsh");
        MakeContainers();
        Assert.Equal("completed:completed\n", Zsh("logs", "comp"));
        Assert.Contains("--timeout:End it", Zsh("exec", "--timeo"), StringComparison.Ordinal);
        Assert.Equal("FILES\n", Zsh("exec", "--report", ""));
    }

    [Fact]
    public void Fish_Completes()
    {
        Require("fish");
        MakeContainers();
        // Fish completes for the name of the program, whatever its directory.
        string found = Output("fish", "--no-config", "-c", $"source {Script("fish")}; complete -C '{Prefix} logs comp'; complete -C '{Prefix} exec --timeo'");
        Assert.StartsWith("completed\n", found, StringComparison.Ordinal);
        Assert.Contains("--timeout\tEnd it", found, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_OfAnotherShell_IsRefused() => FastRun("completion", "tcsh").Run().FailsWith(125, "unknown shell: tcsh");

    private static void Require(string shell)
    {
        if (!File.Exists("/usr/bin/" + shell))
        {
            Assert.Skip($"{shell} is not installed");
        }
    }

    private void MakeContainers()
    {
        LeavesSomething = true;
        _ = FastRun("create", "--name", "completed", Images.Busybox, "true").Run().Exits(0);
        _ = FastRun("create", "--name", "other", Images.Busybox, "true").Run().Exits(0);
    }

    private string Script(string shell) => Roots.NewFile("script." + shell, FastRun("completion", shell).Run().Exits(0).Stdout);

    /// <summary>What bash would offer, sorted. Its own words are the last of the line unless they are given.</summary>
    private string Bash(string typed, params string[] last)
    {
        string[] words = last.Length > 0 ? last : [typed[(typed.LastIndexOf(' ') + 1)..]];
        string script = $$"""
            source {{Script("bash")}}
            COMP_LINE='{{Prefix}} {{typed}}' COMP_POINT=9999 COMP_WORDS=({{Quoted(words)}}) COMP_CWORD={{words.Length - 1}}
            _fastrun
            [ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort
            """;
        return Output("bash", "--norc", "-c", script);
    }

    /// <summary>What the function hands to zsh's own functions, which need a terminal.</summary>
    private string Zsh(params string[] typed) => Output(
        "zsh",
        "-f",
        "-c",
        $$"""
        compdef() { : }
        source {{Script("zsh")}}
        _describe() { print -rl -- "${(@P)4}" }
        _files() { print FILES }
        words=({{Prefix}} {{Quoted(typed)}})
        CURRENT=${#words}
        _fastrun
        """);

    private static string Quoted(string[] words) => string.Join(' ', Array.ConvertAll(words, static word => $"'{word}'"));

    private static string Output(string shell, params string[] arguments)
    {
        CommandResult result = new Command(shell, arguments).Run().Exits(0);
        Assert.Equal("", result.Stderr);
        return result.Stdout;
    }
}
