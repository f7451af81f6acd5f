using System;
using System.Collections.Generic;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Native.Tests.Sockets;

[Collection(ClosedDescriptorsCollection.Name)]
public sealed class DescriptorPassingTests
{
    [Fact]
    public void Send_Descriptors_ArriveAsOnesOfTheReceivers()
    {
        (Fd own, Fd other) = UnixSocket.Pair();
        using (own)
        using (other)
        using (Fd nullDevice = FileAt.Open(null, "/dev/null", OpenFlags.Read))
        using (Fd zero = FileAt.Open(null, "/dev/zero", OpenFlags.Read))
        {
            List<Fd> received = [];
            byte[] buffer = new byte[16];
            Assert.Equal(-(int)Errno.EAGAIN, DescriptorPassing.TryReceive(other, buffer, received));
            Assert.Equal(Errno.None, DescriptorPassing.Send(own, "hello"u8, nullDevice, zero));
            Assert.Equal(5, DescriptorPassing.TryReceive(other, buffer, received));
            Assert.Equal("hello"u8.ToArray(), buffer[..5]);
            Assert.Equal(2, received.Count);
            Assert.NotEqual(zero.Number, received[1].Number);
            Assert.Equal(FileAt.Stat(nullDevice).Device, FileAt.Stat(received[0]).Device);
            byte[] content = [1, 1];
            Assert.Equal(2, FileContent.Read(received[1], content));
            Assert.Equal([0, 0], content);
            received.ForEach(descriptor => descriptor.Dispose());

            received.Clear();
            own.Dispose();
            Assert.Equal(0, DescriptorPassing.TryReceive(other, buffer, received));
            Assert.Empty(received);
        }
    }

    [Fact]
    public void Send_ReceiverThatHasGone_IsAnError()
    {
        (Fd own, Fd other) = UnixSocket.Pair();
        using (own)
        {
            other.Dispose();
            Assert.Equal(Errno.EPIPE, DescriptorPassing.Send(own, "x"u8, own));
        }
    }

    [Fact]
    public void Send_TooMany_IsTheCallersFault()
    {
        using Fd one = FileAt.Open(null, "/dev/null", OpenFlags.Read);
        Fd[] many = new Fd[DescriptorPassing.MaxDescriptors + 1];
        Array.Fill(many, one);
        Assert.Throws<ArgumentOutOfRangeException>(() => DescriptorPassing.Send(one, "x"u8, many));
    }
}
