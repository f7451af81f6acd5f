using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Events;
using FastRun.Layers;

namespace FastRun.Engine.Tests.Events;

public sealed class JournalFollowerTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly StateLayout _layout;

    public JournalFollowerTests() => _layout = new StateLayout(_tree.Host + "/data", _tree.Host + "/run");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_AfterSkipping_GivesEachNewEventOnce()
    {
        Note("past");
        using JournalFollower journal = JournalFollower.Open(_layout, default);
        journal.SkipToEnd();
        Assert.Empty(Read(journal));

        Note("one");
        Note("two");
        Assert.Equal(["one", "two"], Read(journal));
        Assert.Empty(Read(journal));
    }

    [Fact]
    public void Read_FromTheBeginning_GivesWhatIsKept()
    {
        Note("one");
        File.Move(_layout.Events + "/journal", _layout.Events + "/journal.1");
        Note("two");
        using JournalFollower journal = JournalFollower.Open(_layout, default);

        Assert.Equal(["one", "two"], Read(journal));
    }

    [Fact]
    public void Read_FileThatIsRenamedAfterSkipping_IsNotReadAgain()
    {
        Note("past");
        using JournalFollower journal = JournalFollower.Open(_layout, default);
        journal.SkipToEnd();
        Note("one");
        File.Move(_layout.Events + "/journal", _layout.Events + "/journal.1");
        Note("two");

        Assert.Equal(["one", "two"], Read(journal));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(8192)]
    [InlineData(100_000)]
    [InlineData(250_000)]
    public void Read_LongLineAmongOthers_IsWhole(int length)
    {
        using JournalFollower journal = JournalFollower.Open(_layout, default);
        Note("before");
        File.AppendAllText(_layout.Events + "/journal", $$$"""
            {"t":638000000000000000,"type":"container","action":"long","id":"{{{new string('x', length)}}}","attributes":{}}

            """);
        Note("after");

        Assert.Equal(["before", "long", "after"], Read(journal));
    }

    [Fact]
    public void Read_LineLongerThanAny_IsLeftOut()
    {
        using JournalFollower journal = JournalFollower.Open(_layout, default);
        Note("before");
        File.AppendAllText(_layout.Events + "/journal", new string('x', 1_000_000));
        Note("after");

        Assert.Equal(["before", "after"], Read(journal));
    }

    [Fact]
    public async Task Wait_ForAnEventOrTheEnd_ComesBack()
    {
        using CancellationTokenSource end = new();
        using JournalFollower journal = JournalFollower.Open(_layout, end.Token);
        journal.SkipToEnd();

        Task waiting = Task.Run(() => journal.Wait());
        Note("one");
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["one"], Read(journal));

        waiting = Task.Run(() => journal.Wait());
        await end.CancelAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(Read(journal));
    }

    private void Note(string action) => EventJournal.Append(_layout, EventType.Container, action, "id", new Dictionary<string, string>());

    private static List<string> Read(JournalFollower journal)
    {
        List<string> read = [];
        journal.Read(happened => read.Add(happened.Action));
        return read;
    }
}
