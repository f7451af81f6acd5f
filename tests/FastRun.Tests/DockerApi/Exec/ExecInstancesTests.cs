using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using FastRun.DockerApi;
using FastRun.DockerApi.Exec;
using FastRun.Engine.Exec;
using FastRun.Engine.Supervision;

namespace FastRun.Tests.DockerApi.Exec;

public sealed class ExecInstancesTests
{
    [Fact]
    public void Find_ThatWasAdded_IsThatOne()
    {
        ExecInstances instances = new();
        ExecInstance instance = New();
        instances.Add(instance);

        Assert.Same(instance, instances.Find(instance.Id));
        Assert.Equal(404, Assert.Throws<ApiException>(() => instances.Find("another")).Status);
    }

    [Fact]
    public void Add_MoreThanCanBe_Is503UntilSomeHaveEnded()
    {
        ExecInstances instances = new();
        ExecInstance[] running = [.. Enumerable.Range(0, 10_000).Select(_ => New())];
        foreach (ExecInstance instance in running)
        {
            Assert.True(instance.TryStart());
            instances.Add(instance);
        }

        Assert.Equal(503, Assert.Throws<ApiException>(() => instances.Add(New())).Status);

        // Of those that have ended a thousand are kept.
        Array.ForEach(running[..2000], static instance => instance.End(0));
        instances.Add(New());
        Assert.Equal(1000, running[..2000].Count(instance => IsKnown(instances, instance)));
        Assert.All(running[2000..], instance => Assert.True(IsKnown(instances, instance)));
    }

    [Fact]
    public void Quiet_ForLongEnough_ForgetsWhatNothingMoreComesOf()
    {
        ExecInstances instances = new(TimeSpan.FromMilliseconds(50));
        ExecInstance running = New();
        ExecInstance ended = New();
        ExecInstance abandoned = New();
        Assert.True(running.TryStart() && ended.TryStart());
        instances.Add(running);
        instances.Add(ended);
        instances.Add(abandoned);
        ended.End(0);

        Assert.True(Eventually(() => !IsKnown(instances, ended) && !IsKnown(instances, abandoned)));
        Assert.True(IsKnown(instances, running));
        running.End(0);
        Assert.True(Eventually(() => !IsKnown(instances, running)));
    }

    private static ExecInstance New() =>
        new(Guid.NewGuid().ToString("N"), "container", new ExecRequest { Command = ["true"] }, AttachStreams.None);

    private static bool IsKnown(ExecInstances instances, ExecInstance instance)
    {
        try
        {
            return instances.Find(instance.Id) == instance;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    private static bool Eventually(Func<bool> condition)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(60))
            {
                return false;
            }

            Thread.Sleep(5);
        }

        return true;
    }
}
