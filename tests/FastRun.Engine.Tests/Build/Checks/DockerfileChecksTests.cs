using System.Linq;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Ignore;

namespace FastRun.Engine.Tests.Build.Checks;

/// <summary>The rules and their good and bad examples are those of docs.docker.com/reference/build-checks.</summary>
public sealed class DockerfileChecksTests
{
    [Theory]
    [InlineData("FROM a AS BuilderBase", "StageNameCasing:1: Stage name 'BuilderBase' should be lowercase")]
    [InlineData("FROM a AS builder-base", "")]
    [InlineData("FROM a as builder", "FromAsCasing:1: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("from a AS builder", "FromAsCasing:1: 'AS' and 'from' keywords' casing do not match")]
    [InlineData("from a as builder", "")]
    [InlineData("FROM a\nRUN x \\\n\n y", "NoEmptyContinuation:2: Empty continuation line")]
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
    [InlineData("FROM a:$TAG", "UndefinedArgInFrom:1: FROM argument 'TAG' is not declared|InvalidDefaultArgInFrom:1: Default value for ARG a:$TAG results in empty or invalid base image name")]
    [InlineData("ARG VERSION=1\nFROM a:$VERSIN", "UndefinedArgInFrom:2: FROM argument 'VERSIN' is not declared (did you mean VERSION?)|InvalidDefaultArgInFrom:2: Default value for ARG a:$VERSIN results in empty or invalid base image name")]
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
    [InlineData("FROM scratch\nCOPY ${foo:-x} .", "")]
    [InlineData("FROM unknown\nCOPY $foo .", "")]
    [InlineData("FROM known\nENV PATH=$PATH:/x A=$BASE", "")]
    [InlineData("FROM known AS b\nENV X=1\nFROM b\nENV A=$BASE B=$X C=$Y", "UndefinedVar:4: Usage of undefined variable '$Y'")]
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
    [InlineData("FROM a\nCOPY ignored/x .\nADD ignored .\nCOPY --from=b ignored .", "CopyIgnoredFile:2: Attempting to Copy file \"ignored/x\" that is excluded by .dockerignore|CopyIgnoredFile:3: Attempting to Add file \"ignored\" that is excluded by .dockerignore")]
    [InlineData("FROM a\nEXPOSE 80/TcP", "ExposeProtoCasing:2: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM a\nEXPOSE 80/tcp 81 82/udp", "")]
    [InlineData("FROM a\nEXPOSE 127.0.0.1:80:80", "ExposeInvalidFormat:2: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'")]
    [InlineData("FROM a\nEXPOSE 5000:5000/tcp", "ExposeInvalidFormat:2: EXPOSE instruction should not define an IP address or host-port mapping, found '5000:5000/tcp'")]
    [InlineData("FROM a\nONBUILD CMD x\nCMD [\"x\"]", "JSONArgsRecommended:2: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals")]
    [InlineData("# about this\nFROM a AS b", "")]
    [InlineData("# check=skip=StageNameCasing\nFROM a AS B", "")]
    [InlineData("# check=skip=all\nFROM a AS B\nCMD x", "")]
    [InlineData("# check=experimental=all\n# bar is it\nFROM a AS b", "InvalidDefinitionDescription:3: Comment for build stage should follow the format: `# b <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.")]
    [InlineData("# check=experimental=all\n# b is it\nFROM a AS b", "")]
    [InlineData("# check=experimental=all\n# bar\n\nFROM a AS b", "")]
    public void Run_Examples_AreFoundInDockersWords(string text, string expected) => Assert.Equal(
        expected,
        string.Join('|', DockerfileChecks.Run(DockerfileParser.Parse(text), Options, out _)
            .Select(warning => $"{warning.Rule}:{warning.Lines.First}: {warning.Message}")));

    [Fact]
    public void Run_Settings_AreThoseOfTheArgumentOrTheDirective()
    {
        DockerfileDocument document = DockerfileParser.Parse("# check=error=true;skip=CopyIgnoredFile\nFROM a AS B");
        Assert.Single(DockerfileChecks.Run(document, Options, out bool isError));
        Assert.True(isError);
        Assert.Empty(DockerfileChecks.Run(document, Options with { Settings = "skip=all" }, out isError));
        Assert.False(isError);
        DockerfileException fault = Assert.Throws<DockerfileException>(
            () => DockerfileChecks.Run(DockerfileParser.Parse("# check=skp=all\nFROM a"), Options, out _));
        Assert.Equal((1, "invalid check option \"skp=all\""), (fault.Lines.First, fault.Message));
    }

    [Fact]
    public void Render_Warning_ShowsRulePageAndLine() => Assert.Equal(
        "WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/\nStage name 'B' should be lowercase\nDockerfile:1\n--------------------\n   1 | >>> FROM a AS B\n--------------------",
        DockerfileChecks.Run(DockerfileParser.Parse("FROM a AS B"), Options, out _).Single().Render("Dockerfile", ["FROM a AS B"]));

    private static CheckOptions Options => new()
    {
        Ignore = IgnorePatterns.Create(["ignored"], ".dockerignore"),
        BaseVariables = stage => stage.From.Image == "known" ? ["BASE"] : null,
    };
}
