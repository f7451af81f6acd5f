using System;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Status files as in proc_pid_status(5); bit n-1 stands for signal n.</summary>
public sealed class SignalDispositionTests
{
    private const ulong Term = 1UL << 14;

    private static string Status(string name, string blocked, string ignored, string caught) =>
        $"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nSigPnd:\t0000000000000000\nSigBlk:\t{blocked}\n"
        + $"SigIgn:\t{ignored}\nSigCgt:\t{caught}\nCapInh:\t0000000000000000\n";

    [Theory]
    [InlineData("0000000000000000", "0000000000000000", "0000000000000000", true)]
    [InlineData("0000000000004000", "0000000000000000", "0000000000000000", false)]
    [InlineData("0000000000000000", "0000000000004000", "0000000000000000", false)]
    [InlineData("0000000000000000", "0000000000000000", "0000000000004000", false)]
    [InlineData("ffffffffffffbfff", "ffffffffffffbfff", "ffffffffffffbfff", true)]
    public void IsUnhandled_LooksAtAllThreeMasks(string blocked, string ignored, string caught, bool expected) =>
        Assert.Equal(expected, SignalDisposition.IsUnhandled(System.Text.Encoding.ASCII.GetBytes(Status("sh", blocked, ignored, caught)), Term));

    [Theory]
    [InlineData("SigCgt:x")]
    [InlineData("SigBlk:ffffffff")]
    [InlineData("\\nSigIgn:\t")]
    public void IsUnhandled_ProcessNamedLikeAField_ChangesNothing(string name) =>
        Assert.True(SignalDisposition.IsUnhandled(
            System.Text.Encoding.ASCII.GetBytes(Status(name, "0000000000000000", "0000000000000000", "0000000000000000")), Term));

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(23)]
    [InlineData(28)]
    public void EndsUnhandled_SignalThatEndsNothing_IsFalse(int signal) =>
        Assert.False(SignalDisposition.EndsUnhandled(signal, Environment.ProcessId));

    [Fact]
    public void EndsUnhandled_ProcessThatIsGone_IsFalse() => Assert.False(SignalDisposition.EndsUnhandled(15, int.MaxValue));

    [Theory]
    [InlineData("128 0x7ffe 0x0 0x0 0x8 0x0 0x0 0x7ffe 0x4010\n", true)]
    [InlineData("running\n", false)]
    [InlineData("1280 0x0\n", false)]
    [InlineData("34 0x0 0x0\n", false)]
    [InlineData("", false)]
    public void IsWaiting_OnlyInSigtimedwait(string syscall, bool expected)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "numbers of another architecture");
        Assert.Equal(expected, SignalDisposition.IsWaiting(System.Text.Encoding.ASCII.GetBytes(syscall)));
    }
}
