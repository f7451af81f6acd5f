using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Ignore;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Checks;

/// <summary>The rules and their good and bad examples are those of docs.docker.com/reference/build-checks; the answers those of <c>docker build --call=check</c> of Docker 28.5.</summary>
public sealed class DockerfileChecksTests
{
    [Theory]
    [InlineData("FROM a AS BuilderBase", "StageNameCasing:1: Stage name 'BuilderBase' should be lowercase")]
    [InlineData("FROM a AS builder-base", "")]
    [InlineData("FROM a as builder", "FromAsCasing:1: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("from a AS builder", "FromAsCasing:1: 'AS' and 'from' keywords' casing do not match")]
    [InlineData("from a as builder", "")]
    [InlineData("FROM a\nRUN x \\\n\n y", "NoEmptyContinuation:4: Empty continuation line")]
    [InlineData("FROM a\nRUN x \\\n# c\n y", "")]
    [InlineData("From a\nRUN x", "ConsistentInstructionCasing:1: Command 'From' should match the case of the command majority (uppercase)")]
    [InlineData("from a\nrun x\nRUN y", "ConsistentInstructionCasing:3: Command 'RUN' should match the case of the command majority (lowercase)")]
    [InlineData("FROM a AS b\nFROM c AS b", "DuplicateStageName:2: Duplicate stage name \"b\", stage names should be unique")]
    [InlineData("FROM a AS scratch", "ReservedStageName:1: Stage name should not use the same name as reserved stage \"scratch\"")]
    [InlineData("FROM a AS context", "ReservedStageName:1: Stage name should not use the same name as reserved stage \"context\"")]
    [InlineData("FROM a\nCMD x", "JSONArgsRecommended:2: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals")]
    [InlineData("FROM a\nENTRYPOINT x", "JSONArgsRecommended:2: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals")]
    [InlineData("FROM a\nCMD [\"x\"]", "")]
    [InlineData("FROM a\nSHELL [\"b\"]\nCMD x", "")]
    [InlineData("FROM a\nMAINTAINER me", "MaintainerDeprecated:2: Maintainer instruction is deprecated in favor of using label")]
    [InlineData("FROM a:$TAG", "InvalidDefaultArgInFrom:1: Default value for ARG a:$TAG results in empty or invalid base image name|UndefinedArgInFrom:1: FROM argument 'TAG' is not declared")]
    [InlineData("ARG VERSION=1\nFROM a:$VERSIN", "InvalidDefaultArgInFrom:2: Default value for ARG a:$VERSIN results in empty or invalid base image name|UndefinedArgInFrom:2: FROM argument 'VERSIN' is not declared (did you mean VERSION?)")]
    [InlineData("ARG TAG=1\nFROM a:$TAG", "")]
    [InlineData("FROM --platform=$BUILDPLATFORM a", "")]
    [InlineData("ARG TAG\nFROM a:$TAG", "InvalidDefaultArgInFrom:2: Default value for ARG a:$TAG results in empty or invalid base image name")]
    [InlineData("ARG TAG\nFROM a:${TAG:-1}", "")]
    [InlineData("ARG B=a\nFROM $B", "")]
    [InlineData("FROM a\nWORKDIR usr", "WorkdirRelativePath:2: Relative workdir \"usr\" can have unexpected results if the base image changes")]
    [InlineData("FROM a\nWORKDIR /usr\nWORKDIR src", "")]
    [InlineData("FROM a AS b\nWORKDIR /usr\nFROM b\nWORKDIR src", "")]
    [InlineData("FROM scratch\nCOPY $foo .", "UndefinedVar:2: Usage of undefined variable '$foo'")]
    [InlineData("FROM scratch\nARG foo\nCOPY $foo .", "")]
    [InlineData("FROM scratch\nENV source=a\nCOPY $surce .", "UndefinedVar:3: Usage of undefined variable '$surce' (did you mean $source?)")]
    [InlineData("FROM scratch\nCOPY ${foo:-x} .", "UndefinedVar:2: Usage of undefined variable '$foo'")]
    [InlineData("FROM unknown\nCOPY $foo .", "")]
    [InlineData("FROM known\nENV PATH=$PATH:/x A=$BASE", "")]
    [InlineData("FROM known AS b\nENV X=1\nFROM b\nENV A=$BASE B=$X C=$Y", "UndefinedVar:4: Usage of undefined variable '$Y' (did you mean $X?)")]
    [InlineData("FROM scratch\nRUN echo $foo\nCMD [\"$foo\"]", "")]
    [InlineData("FROM a\nCMD [\"1\"]\nCMD [\"2\"]", "MultipleInstructionsDisallowed:2: Multiple CMD instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a\nENTRYPOINT [\"1\"]\nENTRYPOINT [\"2\"]\nENTRYPOINT [\"3\"]", "MultipleInstructionsDisallowed:2: Multiple ENTRYPOINT instructions should not be used in the same stage because only the last one will be used|MultipleInstructionsDisallowed:3: Multiple ENTRYPOINT instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a AS b\nCMD [\"1\"]\nFROM c\nCMD [\"2\"]", "")]
    [InlineData("FROM a\nHEALTHCHECK NONE\nHEALTHCHECK CMD x", "MultipleInstructionsDisallowed:2: Multiple HEALTHCHECK instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a\nENV DIR /x", "LegacyKeyValueFormat:2: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData("FROM a\nLABEL x y", "LegacyKeyValueFormat:2: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format")]
    [InlineData("FROM --platform=$TARGETPLATFORM a", "RedundantTargetPlatform:1: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior")]
    [InlineData("FROM a\nARG AWS_SECRET_ACCESS_KEY", "SecretsUsedInArgOrEnv:2: Do not use ARG or ENV instructions for sensitive data (ARG \"AWS_SECRET_ACCESS_KEY\")")]
    [InlineData("FROM a\nENV passwd=x", "SecretsUsedInArgOrEnv:2: Do not use ARG or ENV instructions for sensitive data (ENV \"passwd\")")]
    [InlineData("FROM a\nENV PUBLIC_KEY=x KEYS=y tokenizer=z", "")]
    [InlineData("FROM --platform=linux/amd64 a", "FromPlatformFlagConstDisallowed:1: FROM --platform flag should not use constant value \"linux/amd64\"")]
    [InlineData("FROM --platform=linux/amd64 a AS build_amd64\nFROM build_$TARGETARCH", "")]
    [InlineData("# check=experimental=CopyIgnoredFile\nFROM a\nCOPY ignored/x .\nADD ignored .\nCOPY --from=b ignored .", "CopyIgnoredFile:3: Attempting to Copy file \"ignored/x\" that is excluded by .dockerignore|CopyIgnoredFile:4: Attempting to Add file \"ignored\" that is excluded by .dockerignore")]
    [InlineData("FROM a\nEXPOSE 80/TcP", "ExposeProtoCasing:2: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM a\nEXPOSE 80/tcp 81 82/udp", "")]
    [InlineData("FROM a\nEXPOSE 127.0.0.1:80:80", "ExposeInvalidFormat:2: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'")]
    [InlineData("FROM a\nEXPOSE 5000:5000/tcp", "ExposeInvalidFormat:2: EXPOSE instruction should not define an IP address or host-port mapping, found '5000:5000/tcp'")]
    [InlineData("FROM a\nONBUILD CMD x\nCMD [\"x\"]", "")]
    [InlineData("# about this\nFROM a AS b", "")]
    [InlineData("# check=skip=StageNameCasing\nFROM a AS B", "")]
    [InlineData("# check=skip=all\nFROM a AS B\nCMD x", "")]
    [InlineData("# check=experimental=all\n# bar is it\nFROM a AS b", "InvalidDefinitionDescription:3: Comment for FROM should follow the format: `# b <description>`")]
    [InlineData("# check=experimental=all\n# b is it\nFROM a AS b", "")]
    [InlineData("# check=experimental=all\n# bar\n#\nFROM a AS b", "")]
    [InlineData("# check=experimental=all\n# bar\n\nFROM a AS b", "InvalidDefinitionDescription:4: Comment for FROM should follow the format: `# b <description>`")]
    [InlineData("FROM scratch\nLABEL a=${q1:-${q2}} b=${q3#x} c=${q4/a/b} d=$q5$q6 e=${q7:+x} f='$q8'", "UndefinedVar:2: Usage of undefined variable '$q1'|UndefinedVar:2: Usage of undefined variable '$q2'|UndefinedVar:2: Usage of undefined variable '$q3'|UndefinedVar:2: Usage of undefined variable '$q4'|UndefinedVar:2: Usage of undefined variable '$q5'|UndefinedVar:2: Usage of undefined variable '$q6'|UndefinedVar:2: Usage of undefined variable '$q7'")]
    [InlineData("ARG T\nFROM ${T:-known}\nFROM ${U:-known}", "UndefinedArgInFrom:3: FROM argument 'U' is not declared (did you mean T?)")]
    [InlineData("ARG API_TOKEN=1\nFROM known", "")]
    [InlineData("from known\ncmd x\ncmd y\nenv a b\narg token\nmaintainer me\nhealthcheck none\nhealthcheck none", "MaintainerDeprecated:6: Maintainer instruction is deprecated in favor of using label|JSONArgsRecommended:2: JSON arguments recommended for cmd to prevent unintended behavior related to OS signals|MultipleInstructionsDisallowed:2: Multiple cmd instructions should not be used in the same stage because only the last one will be used|JSONArgsRecommended:3: JSON arguments recommended for cmd to prevent unintended behavior related to OS signals|LegacyKeyValueFormat:4: \"env key=value\" should be used instead of legacy \"env key value\" format|SecretsUsedInArgOrEnv:5: Do not use ARG or ENV instructions for sensitive data (ARG \"token\")|MultipleInstructionsDisallowed:7: Multiple healthcheck instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM known\nCOPY <<EOF /x\n$q1 ${q2} $BASE\nEOF\nCOPY <<'EOF' /x\n$q3\nEOF", "UndefinedVar:2: Usage of undefined variable '$q1'|UndefinedVar:2: Usage of undefined variable '$q2'")]
    [InlineData("FROM known\nEXPOSE 1:2/TCP", "ExposeProtoCasing:2: Defined protocol '1:2/TCP' in EXPOSE instruction should be lowercase|ExposeInvalidFormat:2: EXPOSE instruction should not define an IP address or host-port mapping, found '1:2/TCP'")]
    [InlineData("FROM known\nWORKDIR a\nWORKDIR b\nFROM known\nARG X=rel\nWORKDIR $X\nWORKDIR /z", "WorkdirRelativePath:2: Relative workdir \"a\" can have unexpected results if the base image changes|WorkdirRelativePath:6: Relative workdir \"rel\" can have unexpected results if the base image changes")]
    [InlineData("FROM known\nENV a=$HTTP_PROXY b=$TARGETARCH d=$PATH e=$HOME", "UndefinedVar:2: Usage of undefined variable '$HTTP_PROXY'|UndefinedVar:2: Usage of undefined variable '$TARGETARCH'|UndefinedVar:2: Usage of undefined variable '$HOME'")]
    [InlineData("FROM known AS b\nONBUILD CMD x\nONBUILD ENV q=$q\nFROM b\nCMD [\"y\"]", "JSONArgsRecommended:4: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals|UndefinedVar:4: Usage of undefined variable '$q'|MultipleInstructionsDisallowed:4: Multiple CMD instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM known AS b\nARG X\nENV Y=$X\nFROM b\nENV Z=$X W=$Y", "")]
    [InlineData("FROM known\nARG A=$q1 B=$A C=$q2\nENV Foo=1\nLABEL x=$foo y=$Fooo", "UndefinedVar:2: Usage of undefined variable '$q1'|UndefinedVar:2: Usage of undefined variable '$q2' (did you mean $A?)|UndefinedVar:4: Usage of undefined variable '$foo' (did you mean $Foo?)|UndefinedVar:4: Usage of undefined variable '$Fooo' (did you mean $Foo?)")]
    [InlineData("# check=experimental=all\n# bar\n# \n\nARG x\n# foo\nFROM known AS b\n# one\nARG y z\n# y is\nARG y=1", "InvalidDefinitionDescription:7: Comment for FROM should follow the format: `# b <description>`|InvalidDefinitionDescription:9: Comment for ARG should follow the format: `# <arg_key> <description>`")]
    [InlineData("FROM known AS linux-x\nFROM --platform=linux/amd64 known AS x\nFROM --platform=linux/amd64 known AS for-linux\nFROM --platform=${X:-linux/amd64} known\nFROM --platform=$X$TARGETPLATFORM known\nFROM --platform=linux/arm64 known", "FromPlatformFlagConstDisallowed:2: FROM --platform flag should not use constant value \"linux/amd64\"|UndefinedArgInFrom:4: FROM argument 'X' is not declared|UndefinedArgInFrom:5: FROM argument 'X' is not declared|FromPlatformFlagConstDisallowed:6: FROM --platform flag should not use constant value \"linux/arm64\"")]
    [InlineData("FROM known\nRUN a \\\n\n b \\\n\n c\nRUN d \\\n\n\n e", "NoEmptyContinuation:6: Empty continuation line|NoEmptyContinuation:10: Empty continuation line")]
    [InlineData("FROM known\nCMD\nENTRYPOINT []\nCMD []", "JSONArgsRecommended:2: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals|MultipleInstructionsDisallowed:2: Multiple CMD instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM known\nRUN --mount=type=cache,target=/$q5,id=$q6 true", "UndefinedVar:2: Usage of undefined variable '$q5'|UndefinedVar:2: Usage of undefined variable '$q6'")]
    public void Run_Examples_AreFoundInDockersWords(string text, string expected) => Assert.Equal(
        expected,
        string.Join('|', Find(text)
            .Select(warning => $"{warning.Rule}:{warning.Lines.First}: {warning.Message}")));

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
            "FROM x AS one\nCMD 1\nFROM x AS Two\nCMD 2\nFROM x AS three\nCMD 3\nFROM one\nCOPY --from=three / /\nRUN --mount=from=four true\nFROM x AS four\nCMD 4");
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
        Assert.Single(Find("FROM scratch\nLABEL a=$x b=$x"));
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
