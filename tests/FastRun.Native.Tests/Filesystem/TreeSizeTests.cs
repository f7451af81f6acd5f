using System.IO;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class TreeSizeTests
{
    [Fact]
    public void Measure_Tree_CountsEachFileOnceAndFollowsNothing()
    {
        using TemporaryDirectory outside = new();
        File.WriteAllBytes(Path.Combine(outside.Path, "big"), new byte[100_000]);
        using TemporaryDirectory root = new();
        Directory.CreateDirectory(Path.Combine(root.Path, "a/b/c"));
        File.WriteAllBytes(Path.Combine(root.Path, "a/b/c/file"), new byte[1000]);
        File.WriteAllBytes(Path.Combine(root.Path, "top"), new byte[200]);
        FileAt.Link(root.Fd, "top", root.Fd, "a/again");
        File.CreateSymbolicLink(Path.Combine(root.Path, "out"), outside.Path);
        File.CreateSymbolicLink(Path.Combine(root.Path, "big"), Path.Combine(outside.Path, "big"));

        Assert.Equal(1200, TreeSize.Measure(root.Path));
    }

    [Fact]
    public void Measure_NoDirectory_IsNothing()
    {
        using TemporaryDirectory root = new();
        File.WriteAllBytes(Path.Combine(root.Path, "file"), new byte[10]);
        File.CreateSymbolicLink(Path.Combine(root.Path, "link"), ".");

        Assert.Equal(0, TreeSize.Measure(Path.Combine(root.Path, "missing")));
        Assert.Equal(0, TreeSize.Measure(Path.Combine(root.Path, "file")));
        Assert.Equal(0, TreeSize.Measure(Path.Combine(root.Path, "link")));
    }
}
