using System.Diagnostics;
using FastRun.Engine.Reports;
using FastRun.Native;

namespace FastRun.Engine.Tests.Reports;

/// <summary>The texts of /proc/PID, whose names processes choose.</summary>
public sealed class ProcessWaitsTests
{
    [Theory]
    [InlineData("7 (sleep) S 1 7 7", "sleep", "S")]
    [InlineData("7 (a) R 1 (b)) D 1 7", "a) R 1 (b)", "D")]
    [InlineData("7 () Z 1", "", "Z")]
    [InlineData("7 (cut", "", "")]
    [InlineData("7 (cut)", "cut", "")]
    [InlineData("", "", "")]
    public void ParseStat_NameMayHoldParentheses(string stat, string name, string state) =>
        Assert.Equal((name, state), ProcessWaits.ParseStat(stat));

    [Theory]
    [InlineData("sleep\0300\0", new[] { "sleep", "300" })]
    [InlineData("cut off", new[] { "cut off" })]
    [InlineData("a\0\0b\0", new[] { "a", "", "b" })]
    [InlineData("", new string[0])]
    public void ParseCommandLine_EndsWhereTheKernelEndsIt(string text, string[] words) =>
        Assert.Equal(words, ProcessWaits.ParseCommandLine(text));

    [Fact]
    public void Read_OfAProcessThatHasEnded_IsNothing_WhoeverHasItsNumber()
    {
        using Process process = Process.Start(new ProcessStartInfo("sleep", "1000"))!;
        using Fd directory = ProcessWaits.TryOpen(process.Id)!;
        Assert.Equal(process.Id, ProcessWaits.Read(directory, process.Id)!.Pid);

        process.Kill();
        process.WaitForExit();

        Assert.Null(ProcessWaits.Read(directory, process.Id));
    }

    [Fact]
    public void ParseStack_KeepsTheFunctions() => Assert.Equal(
        ["do_nanosleep+0x6a/0x1b0", "entry_SYSCALL_64_after_hwframe+0x76/0x7e"],
        ProcessWaits.ParseStack("[<0>] do_nanosleep+0x6a/0x1b0\n[<0>] entry_SYSCALL_64_after_hwframe+0x76/0x7e\n"));
}
