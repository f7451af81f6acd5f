using System;
using System.Diagnostics;
using System.Text;
using FastRun.Native.Launch;

namespace FastRun.Native.Tests.Launch;

public sealed class ProcessStatusTests
{
    private const string Numbers = "S 1 4711 4710 34817 4712 4194304 1 2 3 4 150 50 6 7 20 -5 3 0 123456 1048576 25 18446744073709551615";

    [Fact]
    public void Parse_ReadsTheFieldsOfProc()
    {
        ProcessStatus process = Parse("name");
        Assert.Equal((4713, 1, 4711, 4710, 4712), (process.Pid, process.ParentPid, process.ProcessGroup, process.Session, process.ForegroundGroup));
        Assert.Equal((136u, 1u), (process.Terminal.Major, process.Terminal.Minor));
        Assert.Equal(('S', 200L, -5L, 3L, 123456L), (process.State, process.CpuTicks, process.Nice, process.Threads, process.StartTicks));
        Assert.Equal((1048576L, 1508L * 1024), (process.VirtualBytes, process.ResidentBytes));
        Assert.Equal((1000u, 1001u, 6u, 7u), (process.RealUid, process.Uid, process.RealGid, process.Gid));
        Assert.Equal("sh -c a  b", process.CommandLine);
    }

    [Theory]
    [InlineData(")")]
    [InlineData("a) S 2 (b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void Parse_NameOfAnyKind_IsReadWhole(string name)
    {
        ProcessStatus process = Parse(name);
        Assert.Equal((name, 1, 'S'), (process.Name, process.ParentPid, process.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4713")]
    [InlineData("4713 name")]
    [InlineData("x (name) S 1")]
    [InlineData(")(")]
    public void Parse_NotOfProc_IsNone(string stat) =>
        Assert.Null(ProcessStatus.Parse(Encoding.UTF8.GetBytes(stat), default, default));

    [Fact]
    public void TryRead_ThisProcess()
    {
        ProcessStatus process = ProcessStatus.TryRead(Environment.ProcessId)!;
        using Process own = Process.GetCurrentProcess();
        Assert.Equal(own.Id, process.Pid);
        Assert.Equal(own.SessionId, process.Session);
        Assert.NotEmpty(process.CommandLine);
        Assert.Null(ProcessStatus.TryRead(1 << 30));
    }

    private static ProcessStatus Parse(string name) => ProcessStatus.Parse(
        Encoding.UTF8.GetBytes($"4713 ({name}) {Numbers}"),
        "Name:\tx\nVmRSS:\t    1508 kB\nUid:\t1000\t1001\t1002\t1003\nGid:\t6\t7\t8\t9\n"u8,
        "sh\0-c\0a  b\0"u8)!;
}
