using System.Collections.Generic;
using FastRun.Cli.Completion;
using FastRun.Cli.Options;

namespace FastRun.Tests.Cli.Completion;

/// <summary>What the tables say of a command line that is being typed. The last word is the one to complete.</summary>
public sealed class CompletionRequestTests
{
    [Theory]
    [InlineData("", CompletionKind.Commands)]
    [InlineData("volume ", CompletionKind.Commands)]
    [InlineData("nothing ", CompletionKind.None)]
    [InlineData("volume nothing ", CompletionKind.None)]
    [InlineData("logs ", CompletionKind.Containers)]
    [InlineData("logs one ", CompletionKind.None)]
    [InlineData("rm one two ", CompletionKind.Containers)]
    [InlineData("exec ", CompletionKind.Containers | CompletionKind.Images)]
    [InlineData("run ", CompletionKind.Images)]
    [InlineData("run image ", CompletionKind.None)]
    [InlineData("rmi one ", CompletionKind.Images)]
    [InlineData("volume rm one ", CompletionKind.Volumes)]
    [InlineData("inspect ", CompletionKind.Containers | CompletionKind.Images)]
    [InlineData("run --report ", CompletionKind.Files)]
    [InlineData("run -e X -v ", CompletionKind.Files)]
    [InlineData("run -itv ", CompletionKind.Files)]
    [InlineData("run --memory ", CompletionKind.None)]
    [InlineData("run --memory 5 ", CompletionKind.Images)]
    [InlineData("run --memory=5 ", CompletionKind.Images)]
    [InlineData("run --rm ", CompletionKind.Images)]
    [InlineData("run --volumes-from ", CompletionKind.Containers)]
    [InlineData("--debug --run-root /x logs ", CompletionKind.Containers)]
    [InlineData("help ", CompletionKind.Commands)]
    public void Kind_FollowsTheUsageLine(string typed, object kind) => Assert.Equal(kind, Of(typed).Kind);

    [Theory]
    [InlineData("volume cr", "create")]
    [InlineData("volu", "volume")]
    [InlineData("exec --explai", "--explain")]
    [InlineData("exec --data-ro", "--data-root")]
    [InlineData("exec image -- --explai", "")]
    [InlineData("superv", "")]
    [InlineData("__comp", "")]
    [InlineData("run --memory --explai", "")]
    public void Words_AreThoseOfTheTables(string typed, string expected) => Assert.Equal(
        expected.Length == 0 ? [] : [expected], Of(typed).Words().ConvertAll(static line => line.Split('\t')[0]));

    private static CompletionRequest Of(string typed)
    {
        var words = new List<string>(typed.Split(' '));
        return new CompletionRequest(words, GlobalOptions.Build(new GlobalOptions()));
    }
}
