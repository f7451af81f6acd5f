using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

public sealed class EventPollTests
{
    [Fact]
    public void Wait_TellsWhoIsReadyAndWhatFor()
    {
        using EventPoll poll = new();
        (Fd own, Fd other) = UnixSocket.Pair();
        using (own)
        using (other)
        {
            (int Token, PollEvents Events)[] ready = new (int, PollEvents)[4];
            poll.Add(own, PollEvents.Readable, 7);
            poll.Add(other, PollEvents.Readable | PollEvents.Writable, 8);
            Assert.Equal(1, poll.Wait(ready, 60_000));
            Assert.Equal((8, PollEvents.Writable), ready[0]);

            poll.Modify(other, PollEvents.Readable, 9);
            Assert.Equal(0, poll.Wait(ready, 0));

            UnixSocket.TrySend(own, "x"u8);
            Assert.Equal(1, poll.Wait(ready, 60_000));
            Assert.Equal((9, PollEvents.Readable), ready[0]);

            poll.Remove(other);
            Assert.Equal(0, poll.Wait(ready, 0));
        }
    }

    [Fact]
    public void Add_WhatCannotBeWaitedFor_IsRefused()
    {
        using EventPoll poll = new();
        using Fd file = FileAt.Open(null, "/etc/passwd", OpenFlags.Read);
        Assert.Equal("epoll_ctl", Assert.Throws<SyscallException>(() => poll.Add(file, PollEvents.Readable, 1)).Syscall);
        Assert.Throws<SyscallException>(() => poll.Remove(file));
    }
}
