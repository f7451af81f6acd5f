using System.Collections.Generic;
using System.IO;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class ChangeWatchTests
{
    [Fact]
    public void TryDrain_TellsWhereSomethingChanged()
    {
        using TemporaryDirectory directory = new();
        string first = Directory.CreateDirectory(Path.Combine(directory.Path, "first")).FullName;
        string second = Directory.CreateDirectory(Path.Combine(directory.Path, "second")).FullName;
        using ChangeWatch watch = ChangeWatch.TryOpen()!;
        int one = watch.TryAdd(first);
        int two = watch.TryAdd(second);
        Assert.NotEqual(one, two);
        Assert.Equal(one, watch.TryAdd(first));
        Assert.Empty(Drain(watch));

        File.WriteAllText(Path.Combine(first, "a"), "x");
        Assert.Equal([one], Drain(watch));
        File.Move(Path.Combine(first, "a"), Path.Combine(second, "b"));
        Assert.Equal([one, two], Drain(watch));
        _ = File.ReadAllText(Path.Combine(second, "b"));
        Assert.Empty(Drain(watch));
        File.Delete(Path.Combine(second, "b"));
        Assert.Equal([two], Drain(watch));
    }

    [Fact]
    public void TryAdd_NoDirectory_IsNone()
    {
        using TemporaryDirectory directory = new();
        using ChangeWatch watch = ChangeWatch.TryOpen()!;
        Assert.Equal(ChangeWatch.None, watch.TryAdd(Path.Combine(directory.Path, "absent")));
        File.WriteAllText(Path.Combine(directory.Path, "file"), "");
        Assert.Equal(ChangeWatch.None, watch.TryAdd(Path.Combine(directory.Path, "file")));
    }

    private static SortedSet<int> Drain(ChangeWatch watch)
    {
        List<int> changed = [];
        Assert.True(watch.TryDrain(changed));
        return [.. changed];
    }
}
