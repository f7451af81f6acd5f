using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using FastRun.DockerApi.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;

namespace FastRun.Tests.DockerApi.Containers;

public sealed class EventHubTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fastrun-hub-");
    private readonly StateLayout _layout;
    private readonly EventHub _hub;

    public EventHubTests()
    {
        _layout = new StateLayout(_root.FullName + "/data", _root.FullName + "/run");
        _hub = new EventHub(_layout);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void Subscribe_ToldOnlyWhatIsWrittenAfterwards()
    {
        Note("past");
        using BlockingCollection<string> first = [];
        using BlockingCollection<string> second = [];
        using (_hub.Subscribe(happened => first.Add(happened.Action)))
        {
            Note("one");
            using (_hub.Subscribe(happened => second.Add(happened.Action)))
            {
                Note("two");
                Assert.Equal("one", Next(first));
                Assert.Equal("two", Next(first));
                Assert.Equal("two", Next(second));
            }

            Note("three");
            Assert.Equal("three", Next(first));
        }

        Assert.Empty(first);
        Assert.Empty(second);
    }

    [Fact]
    public void Subscribe_AfterTheLastHasLeft_BeginsAnew()
    {
        for (int round = 0; round < 20; round++)
        {
            using BlockingCollection<string> told = [];
            using (_hub.Subscribe(happened => told.Add(happened.Action)))
            {
                Note("now" + round);
                Assert.Equal("now" + round, Next(told));
            }

            Note("nobody is there");
            Assert.Empty(told);
        }
    }

    [Fact]
    public void Subscribe_WithoutAJournal_IsAnError()
    {
        File.WriteAllText(_root.FullName + "/run", "a file");

        Assert.Throws<EngineException>(() => _hub.Subscribe(static _ => { }));
    }

    [Fact]
    public void Subscribe_ToAJournalThatCannotBeReadForAWhile_IsToldLater()
    {
        using BlockingCollection<string> told = [];
        using IDisposable subscription = _hub.Subscribe(happened => told.Add(happened.Action));
        Note("one");
        Assert.Equal("one", Next(told));
        foreach (string file in Directory.GetFiles(_layout.Events))
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
        }

        // Read at the latest by now, which fails: it is a directory.
        Assert.False(told.TryTake(out _, TimeSpan.FromMilliseconds(500)));
        foreach (string inTheWay in Directory.GetDirectories(_layout.Events))
        {
            Directory.Delete(inTheWay);
        }

        Note("two");
        Assert.Equal("two", Next(told));
    }

    private static string? Next(BlockingCollection<string> told) => told.TryTake(out string? action, s_patience) ? action : null;

    private void Note(string action) => EventJournal.Append(_layout, EventType.Container, action, "id", new Dictionary<string, string>());
}
