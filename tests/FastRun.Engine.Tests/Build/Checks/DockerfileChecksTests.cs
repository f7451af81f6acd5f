using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Ignore;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Checks;

/// <summary>The rules and their good and bad examples are those of docs.docker.com/reference/build-checks, and more.</summary>
public sealed class DockerfileChecksTests
{
    /// <summary>The Dockerfiles and Docker's answers (tests/Corpus/renew-checks).</summary>
    public static TheoryData<string, string> Cases { get; } = Read();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_Dockerfiles_AreWarnedOfAsByDocker(string text, string expected) => Assert.Equal(expected, Lines(Find(text)));

    [Theory]
    [InlineData("FROM a\nCOPY ignored/x .", "")]
    [InlineData("# check=experimental=CopyIgnoredFile\nFROM a\nCOPY ignored/x ./ignored /ignored .\nADD ignored https://a/ignored .\nCOPY --from=b ignored .\nCOPY ign* .", "CopyIgnoredFile:3: Attempting to Copy file \"ignored/x\" that is excluded by .dockerignore\nCopyIgnoredFile:3: Attempting to Copy file \"ignored\" that is excluded by .dockerignore\nCopyIgnoredFile:4: Attempting to Add file \"ignored\" that is excluded by .dockerignore")]
    [InlineData("FROM unknown\nCOPY $foo .", "")]
    [InlineData("FROM a AS Base\nFROM Base\nARG TOKEN_VERSION KEY_FILE", "StageNameCasing:1: Stage name 'Base' should be lowercase")]
    [InlineData("FROM scratch\nLABEL a=$x b=$x", "UndefinedVar:2: Usage of undefined variable '$x'")]
    public void Run_WhatDockerDoesOtherwiseOrByNow_IsFound(string text, string expected) => Assert.Equal(expected, Lines(Find(text)));

    [Fact]
    public void Run_Variables_AreThoseOfStagesBaseImagesAndArguments()
    {
        const string text = "ARG G=g\nFROM known AS a\nARG G\nARG N\nENV E=$G$N$BASE\nFROM a\nENV X=$E$N WRONG=$Q\nUSER $X\nLABEL $Y=$Z\nVOLUME $V\nSTOPSIGNAL $S\nARG D=$DD";
        Assert.Equal(["Q", "Y", "Z", "V", "S", "DD"], from warning in Find(text) select warning.Message.Split('\'')[1][1..]);
    }

    [Fact]
    public void Run_StagesThatTheTargetDoesNotNeed_AreCheckedByNameOnly()
    {
        DockerfileDocument document = DockerfileParser.Parse(
            "FROM x AS one\nCMD 1\nFROM x AS Two\nCMD 2\nFROM x AS three\nCMD 3\nFROM one\nCOPY --from=three / /\nRUN --mount=from=three,target=/x true\nFROM x AS four\nCMD 4");
        Assert.Equal([3, 2, 6], Lines(Options with { Target = "3" }));
        Assert.Equal([3, 11], Lines(Options));
        Assert.Equal([3, 2, 4, 6, 11], Lines(Options with { AllStages = true }));

        IEnumerable<int> Lines(CheckOptions options) => DockerfileChecks.Run(document, CheckSettings.Parse(null), options).Select(static warning => warning.FirstLine);
    }

    [Theory]
    [InlineData("x", "", "JSONArgsRecommended")]
    [InlineData("shelled", "", "")]
    [InlineData("scratch", "ARG X=/x\nWORKDIR $X\nWORKDIR y", "JSONArgsRecommended")]
    [InlineData("shelled", "ARG X=x\nWORKDIR $X\nWORKDIR y", "WorkdirRelativePath")]
    public void Run_ABaseImage_CountsWithItsShell(string image, string more, string expected) =>
        Assert.Equal(expected, string.Join(',', Find($"FROM {image}\n{more}\nCMD run").Select(static warning => warning.Rule)));

    [Fact]
    public void Run_MoreThanAnybodyReads_EndsSoon()
    {
        string names = string.Join(' ', Enumerable.Range(0, 5000).Select(static i => $"$v{i}"));
        Assert.Equal(CheckFindings.Most, Find($"FROM scratch\nENV {string.Join(' ', Enumerable.Range(0, 5000).Select(static i => $"a{i}=1"))}\nLABEL x=\"{names}\"").Count);
        Assert.Contains("(did you mean", Find($"FROM scratch\nENV {new string('a', 42)}=1\nLABEL a=${new string('a', 40)}").Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Settings_SkipOrMakeErrors()
    {
        DockerfileDocument document = DockerfileParser.Parse("FROM a AS B");
        CheckSettings settings = CheckSettings.Parse("error=true;skip=DuplicateStageName");
        Assert.Single(DockerfileChecks.Run(document, settings, Options));
        Assert.True(settings.IsError);
        settings = CheckSettings.Parse("skip=all");
        Assert.Empty(DockerfileChecks.Run(document, settings, Options));
        Assert.False(settings.IsError);
        Assert.Single(DockerfileChecks.Run(document, CheckSettings.Parse("skip=stagenamecasing;error=0"), Options));
        DockerfileException fault = Assert.Throws<DockerfileException>(() => CheckSettings.Parse("skp=all", 1));
        Assert.Equal((1, "failed to parse check options: invalid check option \"skp\""), (fault.Lines.First, fault.Message));
        Assert.Equal("invalid value for error: maybe", Assert.Throws<DockerfileException>(() => CheckSettings.Parse("error=maybe")).Message);
    }

    [Fact]
    public void Render_Warning_ShowsRulePageAndLine()
    {
        CheckWarning warning = Find("FROM a AS B").Single();
        Assert.Equal(
            "WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/\nStage name 'B' should be lowercase\nDockerfile:1\n--------------------\n   1 | >>> FROM a AS B\n--------------------",
            warning.Render("Dockerfile", ["FROM a AS B"]));
        Assert.Equal("StageNameCasing: Stage name 'B' should be lowercase (line 1)", warning.Short);
    }

    private static string Lines(IEnumerable<CheckWarning> found) =>
        string.Join('\n', found.Select(warning => $"{warning.Rule}:{warning.FirstLine}: {warning.Message}"));

    private static TheoryData<string, string> Read()
    {
        TheoryData<string, string> cases = [];
        foreach (JsonNode? each in JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "checks.json")))!.AsArray())
        {
            cases.Add(Joined(each!["dockerfile"]!), Joined(each["warnings"]!));
        }

        return cases;

        static string Joined(JsonNode lines) => string.Join('\n', lines.AsArray().Select(static line => line!.GetValue<string>()));
    }

    private static IReadOnlyList<CheckWarning> Find(string text)
    {
        DockerfileDocument document = DockerfileParser.Parse(text);
        return DockerfileChecks.Run(document, CheckSettings.Parse(document.DirectiveOf("check")?.Value), Options with { AllStages = true });
    }

    private static CheckOptions Options => new()
    {
        Ignore = IgnorePatterns.Create(["ignored"], ".dockerignore"),
        Base = stage => stage.From.Image switch
        {
            "scratch" => new ContainerConfig(),
            "known" => new ContainerConfig { Env = ["BASE=1"] },
            "shelled" => new ContainerConfig { Shell = ["/bin/bash", "-c"] },
            _ => null,
        },
    };
}
