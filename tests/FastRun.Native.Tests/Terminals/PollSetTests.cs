using System.Collections.Generic;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

public sealed class PollSetTests
{
    [Fact]
    public void Wait_OneOfManyReady_NamesIt()
    {
        using PollSet set = new();
        List<(Fd Read, Fd Write)> pipes = [];
        List<int> entries = [];
        for (int i = 0; i < 20; i++)
        {
            pipes.Add(TestTerminal.Pipe());
            entries.Add(set.Add(pipes[i].Read.Number, PollEvents.Readable));
        }

        Assert.False(set.Wait(0));
        TestTerminal.Write(pipes[17].Write, "x");
        Assert.True(set.Wait());
        Assert.Equal(PollEvents.Readable, set.Ready(entries[17]));
        Assert.Equal(PollEvents.None, set.Ready(entries[16]));
        pipes.ForEach(pipe =>
        {
            pipe.Read.Dispose();
            pipe.Write.Dispose();
        });
    }

    [Fact]
    public void SetInterest_NoneOnHungUpPipe_DoesNotWake()
    {
        using PollSet set = new();
        (Fd read, Fd write) = TestTerminal.Pipe();
        int entry = set.Add(read.Number, PollEvents.Readable);
        write.Dispose();
        Assert.True(set.Wait());
        Assert.Equal(PollEvents.HungUp, set.Ready(entry));
        set.SetInterest(entry, PollEvents.None);
        Assert.False(set.Wait(1));
        set.SetInterest(entry, PollEvents.Readable);
        Assert.True(set.Wait());
        read.Dispose();
    }
}
