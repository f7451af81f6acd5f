using System;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>What is asked of a Dockerfile instead of building it, and the warnings of a build; in the words of <c>docker buildx build</c>.</summary>
public sealed class BuildCallsTests(TestImages images) : BuildTest(images)
{
    private const string Warned = "FROM busybox as base\nMAINTAINER me\nRUN echo built\nENV HELLO=$UNDEFINED\n";

    [Fact]
    public void Build_Warnings_AreToldAtItsEnd()
    {
        Assert.EndsWith(
            """


             3 warnings found (use fastrun --debug to expand):
             - FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)
             - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)
             - UndefinedVar: Usage of undefined variable '$UNDEFINED' (line 4)

            """,
            Build(Warned, "-t", "made"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("warning", Build("FROM busybox AS base\nCMD [\"true\"]"), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", Build("# check=skip=all\n" + Warned), StringComparison.Ordinal);
        Assert.Equal("", Build(Warned, "--progress", "quiet"));
        Assert.Contains(
            "\"url\":\"https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/\"", Build(Warned, "--progress", "rawjson"), StringComparison.Ordinal);
        Assert.Contains(
            """
             1 warning found:
             - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)
            The MAINTAINER instruction is deprecated, use a label instead to define an image author
            More info: https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
            Dockerfile:2
            --------------------
               1 |     FROM busybox AS base
               2 | >>> MAINTAINER me
            --------------------

            """,
            Build("FROM busybox AS base\nMAINTAINER me", "--debug"),
            StringComparison.Ordinal);

        string failed = BuildCommand("FROM busybox AS base\nMAINTAINER me\nRUN false\n").Run().Exits(1).Stderr;
        Assert.InRange(failed.IndexOf(" 1 warning found (use", StringComparison.Ordinal), 1, failed.IndexOf("\nDockerfile:3\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_WarningsThatAreErrors_FailItBeforeAnythingIsBuilt()
    {
        string failed = BuildCommand("# check=error=true\n" + Warned, "-t", "made").Run().Exits(1).Stderr;
        Assert.EndsWith("fastrun: lint violation found for rules: FromAsCasing, MaintainerDeprecated, UndefinedVar\n", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("RUN echo built", failed, StringComparison.Ordinal);
        Assert.Contains(" 3 warnings found", failed, StringComparison.Ordinal);
        _ = FastRun("image", "inspect", "made").Run().Exits(1);
        Assert.Contains("invalid check option \"skp\"", BuildCommand("# check=skp=all\n" + Warned).Run().Exits(1).Stderr, StringComparison.Ordinal);
        Build(Warned, "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all;error=true");
    }

    [Fact]
    public void Check_Warnings_ArePrintedAndNothingIsBuilt()
    {
        string iid = Path.Combine(Roots.NewDirectory("out"), "iid");
        CommandResult check = BuildCommand(Warned, "--check", "-t", "made", "--iidfile", iid).Run().Exits(1);
        Assert.StartsWith(
            "Check complete, 3 warnings have been found!\n\nWARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/\n", check.Stdout, StringComparison.Ordinal);
        Assert.Contains("\n   4 | >>> ENV HELLO=$UNDEFINED\n", check.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("RUN echo built", check.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(iid));
        _ = FastRun("image", "inspect", "made").Run().Exits(1);

        Assert.Equal(check.Stdout, BuildCommand(Warned, "--call=check,ignorestatus=true").Run().Exits(0).Stdout);
        JsonNode json = JsonNode.Parse(BuildCommand(Warned, "--call=check,format=json").Run().Exits(1).Stdout)!;
        Assert.Equal("UndefinedVar", json["warnings"]![2]!["ruleName"]!.GetValue<string>());
        Assert.Equal("Check complete, no warnings found.\n", BuildCommand("FROM busybox AS base\nENV A=$PATH\n", "--check").Run().Exits(0).Stdout);
        Assert.Equal("Check complete, no warnings found.\n", BuildCommand("FROM no-such-image\nENV A=$OF_THE_IMAGE\n", "--check").Run().Exits(0).Stdout);
        CommandResult error = BuildCommand("# check=error=true\nFROM busybox as base\n", "--check").Run().Exits(1);
        Assert.EndsWith("fastrun: lint violation found for rules: FromAsCasing\n", error.Stderr, StringComparison.Ordinal);
        Assert.Contains("WARNING: FromAsCasing", error.Stdout, StringComparison.Ordinal);
        Assert.Contains("unknown instruction: RUNN", BuildCommand("FROM busybox\nRUNN x", "--check").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_OutlineAndTargets_ArePrinted()
    {
        const string dockerfile = "# VERSION what is built\nARG VERSION=1\n# base the tools\nFROM busybox AS base\nFROM base AS last\nARG VERSION\nRUN --mount=type=secret,id=key true\n";
        Assert.Equal("TARGET         DESCRIPTION\nbase           the tools\nlast (default) \n", BuildCommand(dockerfile, "--call=targets").Run().Exits(0).Stdout);
        Assert.Equal(
            "TARGET: last\n\nBUILD ARG   VALUE   DESCRIPTION\nVERSION     1       what is built\n\nSECRET   REQUIRED\nkey      \n\n",
            BuildCommand(dockerfile, "--call=outline").Run().Exits(0).Stdout);
        Assert.Equal("base", JsonNode.Parse(BuildCommand(dockerfile, "--call=outline,format=json", "--target", "base").Run().Exits(0).Stdout)!["name"]!.GetValue<string>());
        Assert.Contains("VERSION     2       \n", BuildCommand(dockerfile, "--call=outline", "--build-arg", "VERSION=2").Run().Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("target stage \"nope\" could not be found", BuildCommand(dockerfile, "--call=outline", "--target", "nope").Run().Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Contains("unsupported request wrong", BuildCommand(dockerfile, "--call=wrong").Run().Exits(125).Stderr, StringComparison.Ordinal);
        _ = Build(dockerfile, "--call=build", "-t", "built");
        Assert.NotEqual("", IdOf("built"));
    }
}
