using System.IO;
using FastRun.Native.Tests.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

[Collection(ClosedDescriptorsCollection.Name)]
[Trait("Category", "Root")]
public sealed class PseudoTerminalTests
{
    [Fact]
    public void Open_DetachedDevpts_GivesTwoConnectedSides()
    {
        using PseudoTerminal terminal = TestTerminal.Open(new WindowSize(40, 120));
        Assert.Equal(0, terminal.Index);
        Assert.True(Terminal.IsTerminal(terminal.Peer.Number));
        Assert.True(Terminal.TryGetSize(terminal.Peer.Number, out WindowSize size));
        Assert.Equal(new WindowSize(40, 120), size);

        TestTerminal.Write(terminal.Peer, "hello\n");
        Assert.Equal("hello\r\n", TestTerminal.Read(terminal.Master));
    }

    [Fact]
    public void Read_PeerClosed_IsEio()
    {
        using PseudoTerminal terminal = TestTerminal.Open();
        terminal.Peer.Dispose();
        Assert.Equal(Errno.EIO, Assert.Throws<SyscallException>(() => TestTerminal.Read(terminal.Master)).Errno);
    }

    [Fact]
    public void Open_NoDevpts_SaysWhichNameIsMissing()
    {
        using Fd directory = Native.Filesystem.FileAt.Open(
            null, Path.GetTempPath(), Native.Filesystem.OpenFlags.Directory);
        SyscallException exception = Assert.Throws<SyscallException>(() => PseudoTerminal.Open(directory));
        Assert.Equal(Errno.ENOENT, exception.Errno);
        Assert.Equal("ptmx", exception.Subject);
    }

    [Fact]
    public void CopySize_FromPipe_ChangesNothing()
    {
        using PseudoTerminal terminal = TestTerminal.Open(new WindowSize(10, 20));
        (Fd read, Fd write) = TestTerminal.Pipe();
        Terminal.CopySize(read.Number, terminal.Master.Number);
        Assert.True(Terminal.TryGetSize(terminal.Master.Number, out WindowSize size));
        Assert.Equal(new WindowSize(10, 20), size);
        Assert.False(Terminal.IsTerminal(read.Number));
        Assert.Null(RawMode.Enter(read.Number));
        read.Dispose();
        write.Dispose();
    }
}
