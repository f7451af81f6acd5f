using FastRun.Native.Interop;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

[Trait("Category", "Root")]
public sealed class RawModeTests
{
    [Fact]
    public void Dispose_AfterEnter_RestoresEveryAttribute()
    {
        using PseudoTerminal terminal = TestTerminal.Open();
        int descriptor = terminal.Peer.Number;
        Assert.True(Terminal.TryGetAttributes(descriptor, out struct_termios before));
        using (RawMode? raw = RawMode.Enter(descriptor))
        {
            Assert.NotNull(raw);
            Assert.True(Terminal.TryGetAttributes(descriptor, out struct_termios during));
            Assert.Equal(RawMode.MakeRaw(before), during);
            Assert.NotEqual(before, during);

            raw.Restore();
            Assert.True(Terminal.TryGetAttributes(descriptor, out struct_termios restored));
            Assert.Equal(before, restored);
            raw.Apply();
        }

        Assert.True(Terminal.TryGetAttributes(descriptor, out struct_termios after));
        Assert.Equal(before, after);
    }

    [Fact]
    public void Enter_InterruptKey_ReachesTheReaderAsAByte()
    {
        using PseudoTerminal terminal = TestTerminal.Open();
        using RawMode? raw = RawMode.Enter(terminal.Peer.Number);
        TestTerminal.Write(terminal.Master, "\x03\r");
        Assert.Equal("\x03\r", TestTerminal.Read(terminal.Peer));
    }
}
