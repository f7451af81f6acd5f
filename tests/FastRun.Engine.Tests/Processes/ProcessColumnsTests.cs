using System;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Processes;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Processes;

public sealed class ProcessColumnsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProcessColumnContext s_context = new()
    {
        Now = s_now,
        Uptime = TimeSpan.FromDays(500),
        MemoryBytes = 1000 << 20,
    };

    [Theory]
    [InlineData("stime", 3600, "11:00")]
    [InlineData("stime", 13 * 3600, "Mar04")]
    [InlineData("stime", 100 * 86400, "2025")]
    [InlineData("etime", 59, "00:59")]
    [InlineData("etime", 3661, "01:01:01")]
    [InlineData("etime", 90061, "1-01:01:01")]
    [InlineData("etimes", 90061, "90061")]
    [InlineData("start", 3600, "11:00:00")]
    [InlineData("start", 90000, "Mar 04")]
    [InlineData("lstart", 3600, "Thu Mar 05 11:00:00 2026")]
    [InlineData("%cpu", 1000, "10.0")]
    [InlineData("c", 1000, "10")]
    [InlineData("c", 50, "99")]
    [InlineData("%cpu", 0, "0.0")]
    [InlineData("time", 60, "00:01:40")]
    [InlineData("bsdtime", 60, "1:40")]
    [InlineData("%mem", 60, "5.0")]
    [InlineData("rss", 60, "51200")]
    public void Value_OfAProcessOfAnAge(string column, int seconds, string expected) =>
        Assert.Equal(expected, Value(column, Process(seconds)));

    [Theory]
    [InlineData(136, 3, "pts/3")]
    [InlineData(137, 3, "pts/259")]
    [InlineData(4, 1, "tty1")]
    [InlineData(4, 65, "ttyS1")]
    [InlineData(0, 0, "?")]
    public void Terminal_IsNamedAsItsDevice(int major, int minor, string expected) =>
        Assert.Equal(expected, Value("tname", Process(1) with { Terminal = new DeviceNumber((uint)major, (uint)minor) }));

    [Fact]
    public void Command_WithoutWordsOrDead_IsItsNameInBrackets()
    {
        Assert.Equal("[name]", Value("args", Process(1) with { CommandLine = "" }));
        Assert.Equal("[name] <defunct>", Value("args", Process(1) with { State = 'Z' }));
        Assert.Equal("name <defunct>", Value("comm", Process(1) with { State = 'Z' }));
        Assert.Equal("S<sl+", Value("stat", Process(1) with { Nice = -1, Session = 7, Threads = 2, ForegroundGroup = 7 }));
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("-L")]
    [InlineData("--forest")]
    [InlineData("f")]
    [InlineData("-")]
    [InlineData("-o nope")]
    [InlineData("-ef --sort=pid")]
    public void Options_NotKnown_AreRefused(string options) =>
        Assert.Throws<EngineException>(() => ProcessSelection.Columns(options.Split(' ')));

    [Theory]
    [InlineData("pid,comm", "PID COMMAND")]
    [InlineData("pid comm", "PID COMMAND")]
    [InlineData("pid=A,B", "A,B")]
    [InlineData("pid=", "")]
    public void List_IsReadAsPsReadsIt(string list, string titles) =>
        Assert.Equal(titles, string.Join(' ', ProcessSelection.Columns(["-o", list]).Select(column => column.Title)));

    private static string Value(string column, ProcessStatus process) => ProcessColumns.Find(column)!.Value(process, s_context);

    private static ProcessStatus Process(int seconds) => new()
    {
        Pid = 7,
        ParentPid = 1,
        ProcessGroup = 7,
        Session = 1,
        Terminal = default,
        ForegroundGroup = -1,
        State = 'S',
        CpuTicks = 10_000,
        StartTicks = (500L * 86400 - seconds) * ProcessStatus.TicksPerSecond,
        Nice = 0,
        Threads = 1,
        VirtualBytes = 100 << 20,
        ResidentBytes = 50 << 20,
        RealUid = 0,
        Uid = 0,
        RealGid = 0,
        Gid = 0,
        Name = "name",
        CommandLine = "name word",
    };
}
