using System.Linq;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Docker's table of ENTRYPOINT and CMD (Dockerfile reference, "Understand how CMD and ENTRYPOINT interact").</summary>
public sealed class CommandLineTests
{
    private static string? Of(string[]? entrypoint, string[]? command, string[]? imageEntrypoint, string[]? imageCmd)
    {
        ContainerCreateRequest request = new() { Image = "i", Entrypoint = entrypoint, Command = command };
        return string.Join(' ', CommandLine.Of(request, TestRecord.Of(imageEntrypoint, imageCmd), ["PATH=/bin"]).Arguments);
    }

    private static string[] Candidates(string file, string path)
    {
        ContainerCreateRequest request = new() { Image = "i", Command = [file] };
        return [.. CommandLine.Of(request, TestRecord.Of(), [path]).Candidates];
    }

    [Fact]
    public void Of_EntrypointAndCommand_AreJoinedAsDockerDoes()
    {
        Assert.Equal("c", Of(null, null, null, ["c"]));
        Assert.Equal("e", Of(null, null, ["e"], null));
        Assert.Equal("e c", Of(null, null, ["e"], ["c"]));
        Assert.Equal("e x", Of(null, ["x"], ["e"], ["c"]));
        Assert.Equal("x", Of(null, ["x"], null, ["c"]));
        Assert.Equal("n", Of(["n"], null, ["e"], ["c"]));
        Assert.Equal("n x", Of(["n"], ["x"], ["e"], ["c"]));
        Assert.Equal("x", Of([""], ["x"], ["e"], ["c"]));
    }

    [Fact]
    public void Of_NothingToExecute_IsRefused()
    {
        Assert.Equal("i: no command specified", Assert.Throws<EngineException>(() => Of(null, null, null, null)).Message);
        Assert.Equal("i: no command specified", Assert.Throws<EngineException>(() => Of([""], null, ["e"], ["c"])).Message);
        Assert.Equal(ErrorKind.CommandNotFound, Assert.Throws<EngineException>(() => Of(null, [""], null, null)).Kind);
    }

    [Theory]
    [InlineData("sh", "PATH=/a:/b/:/c", "/a/sh /b/sh /c/sh")]
    [InlineData("sh", "PATH=:/a::", "./sh /a/sh ./sh ./sh")]
    [InlineData("sh", "PATH=/", "/sh")]
    [InlineData("/x/sh", "PATH=/a", "/x/sh")]
    [InlineData("./sh", "PATH=/a", "./sh")]
    public void Candidates_FollowPath(string file, string path, string expected) =>
        Assert.Equal(expected, string.Join(' ', Candidates(file, path)));

    [Fact]
    public void Candidates_MoreThanTheKernelTakes_AreRefusedBeforeTheyCostMemory()
    {
        string path = "PATH=" + string.Concat(Enumerable.Repeat("a:", 65537));

        Assert.Equal(ErrorKind.CommandNotFound, Assert.Throws<EngineException>(() => Candidates("sh", path)).Kind);
        Assert.Equal(ErrorKind.CommandNotFound, Assert.Throws<EngineException>(() => Candidates(new string('x', 256), "PATH=/a")).Kind);
        Assert.Single(Candidates(new string('x', 255), "PATH=/a"));
    }
}
