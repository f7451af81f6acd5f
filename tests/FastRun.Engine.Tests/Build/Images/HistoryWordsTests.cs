using System.Linq;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Images;

/// <summary>The lines that BuildKit's frontend writes (dockerfile2llb, commitToHistory), as docker history shows them.</summary>
public sealed class HistoryWordsTests
{
    [Theory]
    [InlineData("ENV A=1 B=\"x y\"", "ENV A=1 B=x y")]
    [InlineData("ENV A $SET", "ENV A=value")]
    [InlineData("LABEL a.b=c", "LABEL a.b=c")]
    [InlineData("CMD [\"a\", \"b c\"]", "CMD [\"a\" \"b c\"]")]
    [InlineData("CMD echo hi", "CMD [\"/bin/sh\" \"-c\" \"echo hi\"]")]
    [InlineData("ENTRYPOINT [\"/x\"]", "ENTRYPOINT [\"/x\"]")]
    [InlineData("EXPOSE 8080 53/udp", "EXPOSE [53/udp 8080/tcp]")]
    [InlineData("VOLUME /a /b", "VOLUME [/a /b]")]
    [InlineData("VOLUME [\"/a\"]", "VOLUME [/a]")]
    [InlineData("USER $SET", "USER value")]
    [InlineData("WORKDIR $SET", "WORKDIR /value")]
    [InlineData("STOPSIGNAL 9", "STOPSIGNAL 9")]
    [InlineData("SHELL [\"/bin/bash\", \"-c\"]", "SHELL [/bin/bash -c]")]
    [InlineData("HEALTHCHECK NONE", "HEALTHCHECK &{[\"NONE\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}")]
    [InlineData("HEALTHCHECK --interval=5m --timeout=3s CMD curl x", "HEALTHCHECK &{[\"CMD-SHELL\" \"curl x\"] \"5m0s\" \"3s\" \"0s\" \"0s\" '\\x00'}")]
    public void Of_AnInstruction_IsBuildKitsLine(string instruction, string words)
    {
        Instruction parsed = DockerfileParser.ParseInstructions(instruction).Single();
        Expansion expansion = new(static name => name == "SET" ? "value" : null);
        ConfigChanges changes = new(new ContainerConfig { WorkingDir = "/" });
        Assert.True(changes.Apply(parsed, expansion));
        Assert.Equal(words, HistoryWords.Of(parsed, expansion, changes.Config));
    }

    [Fact]
    public void Run_TellsItsArguments()
    {
        Assert.Equal("RUN /bin/sh -c make # buildkit", HistoryWords.Run([], ["/bin/sh", "-c", "make"]));
        Assert.Equal("RUN |2 A=1 B=2 /bin/sh -c make # buildkit", HistoryWords.Run(["A=1", "B=2"], ["/bin/sh", "-c", "make"]));
    }
}
