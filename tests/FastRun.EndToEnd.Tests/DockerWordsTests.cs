using System;
using System.IO;
using System.Text.RegularExpressions;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Called as docker, the program refuses a wrong command line in the words, and with the exit code, of the docker command line.</summary>
public sealed class DockerWordsTests(TestImages images) : SandboxTest(images)
{
    private const string Docker = "/usr/local/bin/docker";

    private string? _link;

    [Theory]
    [InlineData("frob")]
    [InlineData("--frob")]
    [InlineData("rm")]
    [InlineData("rm --frob")]
    [InlineData("container rm --frob")]
    [InlineData("run")]
    [InlineData("run --frob")]
    [InlineData("run -m x busybox")]
    [InlineData("container run")]
    [InlineData("create")]
    [InlineData("logs")]
    [InlineData("container logs a b")]
    [InlineData("ps x")]
    [InlineData("container ls x")]
    [InlineData("system frob")]
    [InlineData("system --frob")]
    [InlineData("container frob")]
    [InlineData("image frob")]
    public void WrongCommandLine_IsRefusedAsDockerDoes(string arguments)
    {
        if (!File.Exists(Docker))
        {
            Assert.Skip("the docker command line is not installed");
        }

        string[] words = arguments.Split(' ');
        CommandResult theirs = Command.Run(Docker, words);
        CommandResult ours = AsDocker(words).Run();

        Assert.Equal(theirs.Stderr, ours.Stderr);
        Assert.Equal(theirs.ExitCode, ours.ExitCode);
    }

    [Theory]
    [InlineData("rm nothere", 1, "Error response from daemon: No such container: nothere\n")]
    [InlineData("container rm nothere", 1, "Error response from daemon: No such container: nothere\n")]
    public void Failure_HasDockersForm(string arguments, int code, string expected) =>
        Assert.StartsWith(expected, AsDocker([.. Roots.Options, .. arguments.Split(' ')]).Run().Exits(code).Stderr, StringComparison.Ordinal);

    [Fact]
    public void Failure_OfRun_PointsAtItsHelp()
    {
        string stderr = AsDocker([.. Roots.Options, "run", "--rm", "--network", "nothere", Images.Busybox, "true"]).Run().Exits(125).Stderr;

        Assert.StartsWith("docker: Error response from daemon: ", stderr, StringComparison.Ordinal);
        Assert.EndsWith("\n\nRun 'docker run --help' for more information\n", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("container", "Usage:  docker container COMMAND\n\nManage containers\n\nCommands:\n  attach ")]
    [InlineData("container --help", "Usage:  docker container COMMAND\n")]
    [InlineData("help container", "Usage:  docker container COMMAND\n")]
    [InlineData("container ls --help", "Usage:  docker container ls [OPTIONS]\n\nList containers\n\nAliases:\n  docker container ls, docker container list, docker container ps, docker ps\n")]
    [InlineData("help ps", "Usage:  docker ps [OPTIONS]\n")]
    [InlineData("", "Usage:  docker [OPTIONS] COMMAND\n")]
    public void Help_IsInDockersWords(string arguments, string expected) =>
        Assert.StartsWith(expected, AsDocker(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Run().Exits(0).Stdout, StringComparison.Ordinal);

    [Theory]
    [InlineData("-v")]
    [InlineData("--version")]
    public void Version_IsOneLineThatCiSystemsTakeApart(string flag)
    {
        // What Jenkins' Docker Pipeline looks for in the output of docker -v; it wants 1.13 for --env and 17.12 for --workdir.
        Match match = Regex.Match(AsDocker(flag).Run().Exits(0).Output, @"^(\D+)(\d+)\.(\d+)\.(\d+)(.*)$");

        Assert.True(match.Success);
        Assert.Equal("Docker version ", match.Groups[1].Value);
        Assert.Equal("28", match.Groups[2].Value);
        Assert.Matches(@"^fastrun version \d+\.\d+\.\d+(, build [0-9a-f]{7})?$", FastRun(flag).Run().Exits(0).Output);
    }

    [Fact]
    public void ManagementSpelling_IsTheSameCommand()
    {
        FastRun("container", "create", "--name", "one", Images.Busybox).Run().Exits(0);

        Assert.Equal("one", FastRun("container", "ls", "-a", "--format", "{{.Names}}").Run().Output);
        Assert.Equal("one", AsDocker([.. Roots.Options, "ps", "-a", "--format", "{{.Names}}"]).Run().Output);
        Assert.Equal("one", FastRun("container", "rm", "one").Run().Output);
        Assert.Equal(FastRun("images", "-q").Run().Output, FastRun("image", "ls", "-q").Run().Output);
    }

    [Theory]
    [InlineData("container frob", "fastrun container: unknown command: fastrun container frob\n")]
    [InlineData("container ls x", "fastrun container ls: accepts no arguments\nSee 'fastrun container ls --help'.\n")]
    [InlineData("logs", "fastrun logs: requires 1 argument\n")]
    public void OwnName_HasItsOwnForm(string arguments, string expected) =>
        Assert.StartsWith(expected, FastRun(arguments.Split(' ')).Run().Exits(125).Stderr, StringComparison.Ordinal);

    private Command AsDocker(params string[] arguments)
    {
        if (_link is null)
        {
            _link = Path.Combine(Roots.Top, "docker");
            File.CreateSymbolicLink(_link, Repository.Binary);
        }

        return new Command(_link, arguments);
    }
}
