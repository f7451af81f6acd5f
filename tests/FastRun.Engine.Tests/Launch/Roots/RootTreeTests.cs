using System;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;

namespace FastRun.Engine.Tests.Launch.Roots;

public sealed class RootTreeTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("../../..")]
    [InlineData("/inside")]
    public void EnsureDirectory_ThroughALink_StaysInTheRoot(string target)
    {
        Directory.CreateDirectory(_tree.Path + "/inside");
        _tree.Link("/link", target);

        RootTree.EnsureDirectory(_tree.Root, "/link/a/b");

        Assert.True(Directory.Exists(_tree.Path + (target == "/inside" ? "/inside/a/b" : "/a/b")));
        Assert.Equal([_tree.Path], Directory.GetFileSystemEntries(_tree.Host));
    }

    [Theory]
    [InlineData("dangling", "nowhere")]
    [InlineData("loop", "loop")]
    public void EnsureDirectory_LinkThatLeadsNowhere_IsRefused(string name, string target)
    {
        _tree.Link("/" + name, target);

        EngineException e = Assert.Throws<EngineException>(() => RootTree.EnsureDirectory(_tree.Root, $"/{name}/a"));

        Assert.Equal(ErrorKind.InvalidArgument, e.Kind);
        Assert.Equal([_tree.Path], Directory.GetFileSystemEntries(_tree.Host));
    }

    [Fact]
    public void EnsureFile_DanglingLink_GivesWayToAFile()
    {
        _tree.Link("/etc/resolv.conf", "../../outside");

        RootTree.EnsureFile(_tree.Root, "/etc/resolv.conf");

        Assert.Null(new FileInfo(_tree.Path + "/etc/resolv.conf").LinkTarget);
        Assert.Equal([_tree.Path], Directory.GetFileSystemEntries(_tree.Host));
    }

    [Fact]
    public void EnsureFile_Directory_IsRefused()
    {
        Directory.CreateDirectory(_tree.Path + "/etc/hosts");

        Assert.Throws<EngineException>(() => RootTree.EnsureFile(_tree.Root, "/etc/hosts"));
    }
}
