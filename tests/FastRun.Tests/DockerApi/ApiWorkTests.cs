using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi;

namespace FastRun.Tests.DockerApi;

public sealed class ApiWorkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_ManyAtOnce_NoneWaitsForAnother()
    {
        const int count = 50;
        using Barrier all = new(count);
        Task<bool>[] works = [.. Enumerable.Range(0, count).Select(_ => ApiWork.RunAsync(() => all.SignalAndWait(s_patience)))];

        Assert.All(await Task.WhenAll(works), Assert.True);
    }

    [Fact]
    public async Task Run_WorkThatFails_FailsAsItDid()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => ApiWork.RunAsync(static () => throw new TimeoutException()));
        await Assert.ThrowsAsync<OperationCanceledException>(() => ApiWork.RunAsync<int>(static () => throw new OperationCanceledException()));
        Assert.Equal(7, await ApiWork.RunAsync(static () => 7));
    }

    [Fact]
    public async Task Run_OneAfterAnother_UsesAThreadAgain()
    {
        HashSet<int> threads = [];
        Stopwatch clock = Stopwatch.StartNew();
        while (threads.Add(await ApiWork.RunAsync(static () => Environment.CurrentManagedThreadId)))
        {
            Assert.True(clock.Elapsed < s_patience);
        }
    }
}
