using System;
using System.Linq;
using FastRun.Engine.Supervision;
using FastRun.Native;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Tests.Supervision;

public sealed class FrameConnectionTests : IDisposable
{
    private readonly FrameConnection _left;
    private readonly FrameConnection _right;

    public FrameConnectionTests()
    {
        (Fd left, Fd right) = UnixSocket.Pair();
        (_left, _right) = (new FrameConnection(left), new FrameConnection(right));
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    [Fact]
    public void Send_Frame_HasDockersHeader()
    {
        _left.Send(FrameType.Stderr, "ab"u8);
        byte[] bytes = new byte[16];

        Assert.Equal(10, UnixSocket.TryReceive(_right.Socket, bytes));
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 2, (byte)'a', (byte)'b'], bytes[..10]);
    }

    [Fact]
    public void Send_MoreThanTheSocketTakes_WaitsAndArrivesInOrder()
    {
        byte[] payload = new byte[FrameConnection.LargestPayload];
        for (int i = 0; i < 100; i++)
        {
            Array.Fill(payload, (byte)i);
            _left.Send(FrameType.Stdout, payload);
        }

        Assert.True(_left.Pending > 0);
        for (int i = 0; i < 100; i++)
        {
            FrameType type;
            ReadOnlySpan<byte> received;
            while (!_right.TryRead(out type, out received))
            {
                _left.Flush();
                _right.Receive();
                Assert.False(_right.IsBroken);
            }

            Assert.Equal(FrameType.Stdout, type);
            Assert.Equal(payload.Length, received.Length);
            Assert.True(received.IndexOfAnyExcept((byte)i) < 0);
        }

        Assert.Equal(0, _left.Pending);
    }

    [Fact]
    public void Receive_OtherSideClosed_IsBroken()
    {
        _left.Dispose();

        // Not at once: a process that another test forks has the descriptor too, until its execve.
        using PollSet set = new();
        set.Add(_right.Socket.Number, PollEvents.Readable);
        Assert.True(set.Wait(60_000));
        _right.Receive();

        Assert.True(_right.IsBroken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_OtherSideClosed_LeavesWhatItHasSent(bool unread)
    {
        if (unread)
        {
            // Who closes without having read it resets the connection.
            _right.Send(FrameType.Stdout, "x"u8);
        }

        _left.Send(FrameType.Stdin, "last"u8);
        _left.Send(FrameType.StdinEnd, []);
        _left.Dispose();
        using PollSet set = new();
        set.Add(_right.Socket.Number, PollEvents.HungUp);
        Assert.True(set.Wait(60_000));
        _right.Send(FrameType.Stdout, "nobody"u8);

        Assert.Equal((true, false, 0), (_right.IsDeaf, _right.IsBroken, _right.Pending));
        _right.Receive();
        Assert.True(_right.TryRead(out FrameType first, out ReadOnlySpan<byte> payload));
        Assert.Equal((FrameType.Stdin, "last"), (first, System.Text.Encoding.ASCII.GetString(payload)));
        Assert.True(_right.TryRead(out FrameType second, out _));
        Assert.Equal(FrameType.StdinEnd, second);
        _right.Receive();
        Assert.True(_right.IsBroken);
    }

    [Theory]
    [InlineData(0x00, 0x00, 0x80, 0x01)]
    [InlineData(0xFF, 0xFF, 0xFF, 0xFF)]
    public void TryRead_LengthBeyondTheLimit_IsBroken(byte a, byte b, byte c, byte d)
    {
        UnixSocket.TrySend(_left.Socket, [1, 0, 0, 0, a, b, c, d]);
        _right.Receive();

        Assert.False(_right.TryRead(out _, out _));
        Assert.True(_right.IsBroken);
    }

    [Fact]
    public void TryRead_FrameInSinglePieces_IsPutTogether()
    {
        foreach (byte piece in (byte[])[0, 0, 0, 0, 0, 0, 0, 1, 7])
        {
            Assert.False(_right.TryRead(out _, out _));
            UnixSocket.TrySend(_left.Socket, [piece]);
            _right.Receive();
        }

        Assert.True(_right.TryRead(out FrameType type, out ReadOnlySpan<byte> payload));
        Assert.Equal((FrameType.Stdin, 7), (type, payload.ToArray().Single()));
    }
}
