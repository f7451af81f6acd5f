using System;
using System.Threading;
using FastRun.Engine.Build.Files;

namespace FastRun.Engine.Tests.Build.Files;

/// <summary>Work on all processors.</summary>
public sealed class SideBySideTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7, 8)]
    [InlineData(1000, 1)]
    [InlineData(1000, 64)]
    public void Run_EveryPart_IsDoneOnce(int count, int least)
    {
        int[] done = new int[count];
        SideBySide.Run(count, i => Interlocked.Increment(ref done[i]), least);
        Assert.All(done, static times => Assert.Equal(1, times));
    }

    [Fact]
    public void Run_AFailure_IsThrownAndEndsTheRest()
    {
        int begun = 0;
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => SideBySide.Run(1_000_000, i =>
        {
            Interlocked.Increment(ref begun);
            throw new InvalidOperationException("first");
        }));
        Assert.Equal("first", failure.Message);

        // Of each thread one at most.
        Assert.InRange(begun, 1, 16);
    }
}
