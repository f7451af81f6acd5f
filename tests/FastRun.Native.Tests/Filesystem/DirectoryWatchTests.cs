using System.IO;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Filesystem;

public sealed class DirectoryWatchTests
{
    [Fact]
    public void Changes_AreTold_UntilTheyAreDrained()
    {
        using TemporaryDirectory directory = new();
        string file = directory.Path + "/file";
        using DirectoryWatch watch = DirectoryWatch.TryOpen(directory.Path)!;
        Assert.False(HasChanged(watch));

        File.WriteAllText(file, "");
        Assert.True(HasChanged(watch));
        Assert.True(HasChanged(watch));
        watch.Drain();
        Assert.False(HasChanged(watch));

        File.AppendAllText(file, "more");
        Assert.True(HasChanged(watch));
        watch.Drain();

        File.Move(file, file + ".1");
        Assert.True(HasChanged(watch));
        watch.Drain();

        Assert.Equal("more", File.ReadAllText(file + ".1"));
        Assert.False(HasChanged(watch));
    }

    [Fact]
    public void TryOpen_NoDirectory_IsNull()
    {
        using TemporaryDirectory directory = new();
        Assert.Null(DirectoryWatch.TryOpen(directory.Path + "/nowhere"));
    }

    private static bool HasChanged(DirectoryWatch watch)
    {
        using PollSet poll = new();
        poll.Add(watch.Descriptor.Number, PollEvents.Readable);
        return poll.Wait(0);
    }
}
