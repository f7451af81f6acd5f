using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build</c>: what fails, how that is told, and that nothing of it stays.</summary>
public sealed class BuildFailuresTests(TestImages images) : BuildTest(images)
{
    [Fact]
    public void Build_ARunThatFails_ShowsItsLine()
    {
        CommandResult result = BuildCommand("FROM busybox\nRUN echo before\nRUN echo said && exit 7\nRUN echo after", "-t", "made").Run().Exits(1);
        Assert.Contains("Dockerfile:3\n--------------------\n", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("   3 | >>> RUN echo said && exit 7\n", result.Stderr, StringComparison.Ordinal);
        Assert.EndsWith(
            "fastrun: process \"/bin/sh -c echo said && exit 7\" did not complete successfully: exit code: 7\n", result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("after\n#", result.Stderr, StringComparison.Ordinal);
        _ = FastRun("image", "inspect", "made").Run().Exits(1);
    }

    [Theory]
    [InlineData("FROM busybox\nRUNN true", "unknown instruction: RUNN")]
    [InlineData("", "the Dockerfile cannot be empty")]
    [InlineData("FROM busybox\nUSER nobody-here\nRUN true", "unable to find user nobody-here")]
    [InlineData("FROM busybox\nRUN --security=insecure true", "security.insecure is not allowed")]
    [InlineData("FROM busybox\nRUN --network=host true", "network.host is not allowed")]
    [InlineData("FROM busybox\nRUN [\"/no/such/program\"]", "/no/such/program")]
    [InlineData("FROM busybox\nRUN --mount=type=secret,id=x,required=true true", "secret x: not found")]
    [InlineData("FROM --platform=linux/sparc64 scratch\nRUN [\"/x\"]", "the kernel has no interpreter for its programs")]
    public void Build_WhatIsWrong_IsOneError(string dockerfile, string words)
    {
        CommandResult result = BuildCommand(dockerfile).Run().Exits(1);
        Assert.Contains(words, result.Stderr, StringComparison.Ordinal);
        Assert.Contains("\nfastrun: ", "\n" + result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--provenance=true", "builds are not attested yet")]
    [InlineData("--sbom=true", "builds are not attested yet")]
    [InlineData("--allow=security.insecure", "no more rights than a container")]
    [InlineData("--platform=linux/amd64,linux/!", "is an invalid component")]
    public void Build_AFlagThatCannotBeMet_IsRefused(string flag, string words) =>
        Assert.Contains(words, BuildCommand("FROM busybox", flag).Run().Stderr, StringComparison.Ordinal);

    [Fact]
    public void Build_WithoutADockerfile_Fails() =>
        Assert.Contains("failed to read dockerfile", FastRun("build", Roots.NewDirectory("empty")).Run().Exits(1).Stderr, StringComparison.Ordinal);

    [Fact]
    public void Build_Interrupted_EndsItsProcessesAndLeavesNothing()
    {
        using System.Diagnostics.Process process = BuildCommand("FROM busybox\nRUN echo up && sleep 100000", "-t", "made").Start();
        string line = "";
        while (!line.EndsWith(" up", StringComparison.Ordinal))
        {
            line = process.StandardError.ReadLine() ?? throw new InvalidOperationException("it ended");
        }

        Command.Output("kill", "-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(130, process.ExitCode);
        _ = FastRun("image", "inspect", "made").Run().Exits(1);
    }

    [Fact]
    public void Build_Killed_GcReclaimsWhatItLeft()
    {
        using (System.Diagnostics.Process process = BuildCommand("FROM busybox\nRUN echo up && sleep 100000").Start())
        {
            string line = "";
            while (!line.EndsWith(" up", StringComparison.Ordinal))
            {
                line = process.StandardError.ReadLine() ?? throw new InvalidOperationException("it ended");
            }

            process.Kill();
            process.WaitForExit();
        }

        Assert.True(Processes.Eventually(() =>
        {
            _ = FastRun("gc").Run().Exits(0);
            return Roots.Leftovers().Count == 0;
        }));
        Assert.Empty(Directory.GetFiles(Path.Combine(Roots.Data, "build-cache", "steps"), "*.lock"));
    }
}
