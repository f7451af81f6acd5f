using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Events;
using FastRun.Layers;

namespace FastRun.Engine.Tests.Events;

public sealed class EventJournalTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly StateLayout _layout;

    public EventJournalTests() => _layout = new StateLayout(_tree.Host + "/data", _tree.Host + "/run");

    private string Journal => _layout.Events + "/journal";

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Append_AnEvent_IsReadAsItWas()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        EventJournal.Append(_layout, EventType.Volume, "mount", "data\u001b[1m", new Dictionary<string, string> { ["driver"] = "lo\"cal\n" });

        EngineEvent happened = Assert.Single(Past());
        Assert.Equal((EventType.Volume, "mount", "data\u001b[1m"), (happened.Type, happened.Action, happened.Id));
        Assert.Equal("lo\"cal\n", Assert.Single(happened.Attributes).Value);
        Assert.InRange(happened.Time, before, DateTimeOffset.UtcNow);
        Assert.Equal("drwx------", Mode(_layout.Events));
    }

    [Fact]
    public void Append_BehindALineThatWasCutOff_IsWhole()
    {
        Note("one");
        File.AppendAllText(Journal, "\n{\"t\":638000000000000000,\"type\":\"conta");
        Note("two");
        File.AppendAllText(Journal, "nonsense\n[]\n{\"t\":\"x\"}\n7\n");
        Note("three");

        Assert.Equal(["one", "two", "three"], Past().Select(happened => happened.Action));
    }

    [Fact]
    public void Append_TooManyAttributes_KeepsTheFirst()
    {
        Dictionary<string, string> attributes = new() { ["name"] = "n" };
        for (int i = 0; i < 100; i++)
        {
            attributes.Add("label" + i, new string('\u0001', 1000));
        }

        EventJournal.Append(_layout, EventType.Container, "create", "id", attributes);

        IReadOnlyDictionary<string, string> kept = Assert.Single(Past()).Attributes;
        Assert.Equal("n", kept["name"]);
        Assert.InRange(kept.Count, 2, 99);
        Assert.InRange(new FileInfo(Journal).Length, 1, EventFormat.LongestLine);
    }

    [Fact]
    public void Append_WithoutAPlaceToWrite_IsSilent()
    {
        File.WriteAllText(_tree.Host + "/run", "a file");

        Note("lost");

        Assert.Equal("a file", File.ReadAllText(_tree.Host + "/run"));
    }

    [Fact]
    public void Append_ByManyAtOnce_LosesNoneUntilTheFilesAreFull()
    {
        string filler = new('x', 400);
        Parallel.For(0, 3000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => EventJournal.Append(
            _layout, EventType.Container, "n" + i.ToString(CultureInfo.InvariantCulture), filler, new Dictionary<string, string>()));

        // 3000 events are more than one file holds, and fewer than two.
        Assert.True(File.Exists(_layout.Events + "/journal.1"));
        Assert.Equal(
            Enumerable.Range(0, 3000).Select(i => "n" + i.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal),
            Past().Select(happened => happened.Action).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Append_ForALongTime_StaysBounded()
    {
        string filler = new('x', 4000);
        for (int i = 0; i < 2000; i++)
        {
            EventJournal.Append(_layout, EventType.Container, "n", filler, new Dictionary<string, string>());
        }

        Assert.InRange(
            Directory.GetFiles(_layout.Events).Sum(file => new FileInfo(file).Length), EventJournal.LargestFile, 2 * EventJournal.LargestFile + 10_000);
    }

    [Fact]
    public async Task Read_Following_SeesWhatComesAcrossARotation()
    {
        Note("past");
        List<string> seen = [];
        ReadEvents events = new(_layout);
        EventQuery query = new(Since: null, Until: DateTimeOffset.UtcNow.AddSeconds(120), new EventFilter());
        Task reading = Task.Run(() => Assert.Throws<OperationCanceledException>(() => events.Read(
            query with { Since = DateTimeOffset.MinValue },
            happened =>
            {
                lock (seen)
                {
                    seen.Add(happened.Action);
                }

                if (happened.Action == "last")
                {
                    throw new OperationCanceledException();
                }
            })));
        string filler = new('x', 4000);
        for (int i = 0; i < 300; i++)
        {
            EventJournal.Append(_layout, EventType.Container, "n" + i.ToString(CultureInfo.InvariantCulture), filler, new Dictionary<string, string>());
        }

        Note("last");

        await reading.WaitAsync(TimeSpan.FromSeconds(100));
        Assert.Equal(302, seen.Count);
        Assert.Equal("past", seen[0]);
    }

    [Fact]
    public void Read_SinceAndUntil_AreKept()
    {
        Note("one");
        DateTimeOffset between = DateTimeOffset.UtcNow.AddTicks(1);
        SpinWait.SpinUntil(() => DateTimeOffset.UtcNow > between);
        Note("two");

        Assert.Equal(["one"], Read(new EventQuery(null, between, new EventFilter())));
        Assert.Equal(["two"], Read(new EventQuery(between, DateTimeOffset.UtcNow, new EventFilter())));
    }

    private static string Mode(string path) => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute) ? "drwx------" : "other";

    private void Note(string action) => EventJournal.Append(_layout, EventType.Container, action, "id", new Dictionary<string, string>());

    private List<EngineEvent> Past()
    {
        List<EngineEvent> past = [];
        ReadEvents events = new(_layout);
        events.Read(new EventQuery(DateTimeOffset.MinValue, DateTimeOffset.UtcNow, new EventFilter()), past.Add);
        return past;
    }

    private List<string> Read(EventQuery query)
    {
        List<string> read = [];
        ReadEvents events = new(_layout);
        events.Read(query, happened => read.Add(happened.Action));
        return read;
    }
}
