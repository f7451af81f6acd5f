using System;
using System.Collections.Generic;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What buildx asks of a Dockerfile without building it, and the warnings that it prints. Debian's release calls the first <c>--print</c>, newer ones <c>--call</c>.</summary>
public sealed class BuildxCallsTests(TestImages images) : BuildxTest(images)
{
    private const string Warned = "# base the tools\nFROM busybox:test as base\nMAINTAINER me\nARG VERSION=1\nRUN true\n";

    [Fact]
    public void Build_Warnings_ArePrintedByTheClientAtTheEnd()
    {
        string output = BuildCommand(Warned, "--progress", "plain").Run().Exits(0).Stderr;
        Assert.Contains("2 warnings found", output, StringComparison.Ordinal);
        Assert.Contains(" - FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 2)\n", output, StringComparison.Ordinal);
        Assert.Contains(" - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 3)\n", output, StringComparison.Ordinal);
        string failed = BuildCommand("# check=error=true\n" + Warned, "--progress", "plain").Run().Exits(1).Stderr;
        Assert.Contains("lint violation found for rules: FromAsCasing, MaintainerDeprecated", failed, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_WhatIsAsked_IsAnswered()
    {
        Write("Dockerfile", Warned);
        Assert.Equal("TARGET         DESCRIPTION\nbase (default) the tools\n", Print("targets").Exits(0).Stdout);
        Assert.Contains("BUILD ARG   VALUE   DESCRIPTION\nVERSION     1       \n", Print("outline").Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"base\"", Print("outline,format=json").Exits(0).Stdout, StringComparison.Ordinal);
        CommandResult lint = Print("lint");
        Assert.Contains("WARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/\n", lint.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("RUN true", lint.Stderr, StringComparison.Ordinal);
        Assert.Contains("unsupported request frontend.wrong", Print("wrong").Exits(1).Stderr, StringComparison.Ordinal);
    }

    private CommandResult Print(string request)
    {
        Command command = Cli("buildx", "build", "--print", request, "--progress", "plain", ".");
        return (command with { Environment = new Dictionary<string, string?>(command.Environment) { ["BUILDX_EXPERIMENTAL"] = "1" } }).Run();
    }
}
