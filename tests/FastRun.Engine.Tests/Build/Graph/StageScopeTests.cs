using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Graph;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Graph;

/// <summary>The Dockerfile reference, "Understand how ARG and FROM interact", "Scope", "Using ARG variables", "Predefined ARGs".</summary>
public sealed class StageScopeTests
{
    private const string Dockerfile =
        """
        ARG VERSION=1
        ARG FULL=v${VERSION}
        ARG UNSET
        FROM scratch
        ARG VERSION
        ARG OWN=own-${VERSION}
        ARG UNSET
        ARG GIVEN
        ARG TARGETARCH
        """;

    [Fact]
    public void Declare_WithoutAValue_TakesTheGlobalOne()
    {
        StageScope scope = Scope(Dockerfile, []);
        Assert.Equal("1", scope.Lookup("VERSION"));
        Assert.Equal("own-1", scope.Lookup("OWN"));
        Assert.Null(scope.Lookup("FULL"));
        Assert.Null(scope.Lookup("UNSET"));
        Assert.Equal("arm64", scope.Lookup("TARGETARCH"));
        Assert.Null(scope.Lookup("TARGETOS"));
        Assert.Equal(["VERSION=1", "OWN=own-1", "UNSET=", "GIVEN=", "TARGETARCH=arm64"], scope.Arguments);
    }

    [Fact]
    public void Declare_OfWhatTheBuildGives_TakesThat()
    {
        StageScope scope = Scope(Dockerfile, new Dictionary<string, string> { ["VERSION"] = "2", ["GIVEN"] = "g", ["OTHER"] = "o" });
        Assert.Equal("2", scope.Lookup("VERSION"));
        Assert.Equal("own-2", scope.Lookup("OWN"));
        Assert.Equal("g", scope.Lookup("GIVEN"));
        Assert.Null(scope.Lookup("OTHER"));
    }

    [Fact]
    public void Lookup_WhereAnEnvHasTheName_IsTheEnvs()
    {
        StageScope scope = Scope("FROM scratch\nARG A=argument\nARG B=b", []);
        scope.Environment = ["A=environment"];
        Assert.Equal("environment", scope.Lookup("A"));
        Assert.Equal(["B=b", "A=environment"], scope.ForProcess);
        Assert.Equal(["A=environment", "B=b"], scope.Arguments);
    }

    [Fact]
    public void Lookup_WhereAnArgComesBehindTheEnv_IsTheArgs_UntilTheNextEnv()
    {
        StageScope scope = Scope("FROM scratch", []);
        scope.Environment = ["A=environment", "B=b"];
        scope.Declare((ArgInstruction)DockerfileParser.ParseInstructions("ARG A=argument B")[0]);
        Assert.Equal("argument", scope.Lookup("A"));
        Assert.Equal("b", scope.Lookup("B"));
        Assert.Equal(["A=argument", "B=b"], scope.ForProcess);
        Assert.Equal(["A=argument", "B=b"], scope.Arguments);
        scope.Set(["A"]);
        Assert.Equal("environment", scope.Lookup("A"));
        Assert.Equal(["A=environment", "B=b"], scope.ForProcess);
    }

    [Fact]
    public void Declare_SeesWhatStandsBeforeItOnItsLine_AndTakesNoValueAway()
    {
        StageScope scope = Scope("FROM scratch\nARG A=1 B=${A}2\nARG A", []);
        Assert.Equal("1", scope.Lookup("A"));
        Assert.Equal("12", scope.Lookup("B"));
        Assert.Equal(["A=1", "B=12"], scope.Arguments);
    }

    [Fact]
    public void Global_InAFrom_IsAPlatformOrAnArg()
    {
        BuildArguments arguments = Arguments(Dockerfile, []);
        Assert.Equal("v1", arguments.Global("FULL"));
        Assert.Equal("linux/arm64", arguments.Global("TARGETPLATFORM"));
        Assert.Equal(Platform.Host.Architecture, arguments.Global("BUILDARCH"));
        Assert.Null(arguments.Global("OWN"));
    }

    [Fact]
    public void Proxies_AreThoseThatTheBuildGives() => Assert.Equal(
        ["HTTP_PROXY=http://p", "no_proxy=x"],
        Arguments("FROM scratch", new Dictionary<string, string> { ["HTTP_PROXY"] = "http://p", ["no_proxy"] = "x", ["A"] = "b" })
            .Proxies.Select(static proxy => $"{proxy.Key}={proxy.Value}"));

    private static BuildArguments Arguments(string dockerfile, Dictionary<string, string> given) =>
        new(DockerfileParser.Parse(dockerfile), given, new Platform("linux", "arm64"), stage: null);

    private static StageScope Scope(string dockerfile, Dictionary<string, string> given)
    {
        DockerfileDocument document = DockerfileParser.Parse(dockerfile);
        StageScope scope = new(Arguments(dockerfile, given), document.Escape);
        foreach (Instruction instruction in document.Stages[0].Instructions)
        {
            scope.Declare((ArgInstruction)instruction);
        }

        return scope;
    }
}
