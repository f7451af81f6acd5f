using FastRun.Native.Interop;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

[Trait("Category", "Root")]
public sealed class HiddenInputTests
{
    [Fact]
    public void Enter_Typing_ShowsTheEndOfTheLineOnly()
    {
        using PseudoTerminal terminal = TestTerminal.Open();
        Assert.True(Terminal.TryGetAttributes(terminal.Peer.Number, out struct_termios before));
        using (HiddenInput? hidden = HiddenInput.Enter(terminal.Peer.Number))
        {
            Assert.NotNull(hidden);
            TestTerminal.Write(terminal.Master, "secret\n");

            Assert.Equal("secret\n", TestTerminal.Read(terminal.Peer));
            Assert.Equal("\r\n", TestTerminal.Read(terminal.Master));
        }

        Assert.True(Terminal.TryGetAttributes(terminal.Peer.Number, out struct_termios after));
        Assert.Equal(before, after);
    }

    [Fact]
    public void Enter_NoTerminal_IsNull()
    {
        (Fd read, Fd write) = TestTerminal.Pipe();
        using (read)
        using (write)
        {
            Assert.Null(HiddenInput.Enter(read.Number));
        }
    }
}
