using System;
using System.Collections.Generic;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>What is received is never read beyond its end, whatever its lengths say.</summary>
public sealed class NetlinkMessageTests
{
    [Fact]
    public void TryTake_TwoMessages_AreTakenOneAfterTheOther()
    {
        using NetlinkWriter writer = new();
        writer.Begin(5, NetlinkFlags.None, "op");
        writer.UInt8(1, 9);
        writer.Begin(6, NetlinkFlags.Dump, "op");
        writer.Number(3);
        ReadOnlySpan<byte> received = writer.Written;

        Assert.True(NetlinkMessage.TryTake(ref received, out NetlinkMessage first));
        Assert.Equal((5, 3u, 8), (first.Type, first.Sequence, first.Payload.Length));
        Assert.True(NetlinkMessage.TryTake(ref received, out NetlinkMessage second));
        Assert.Equal((6, 4u, 0), (second.Type, second.Sequence, second.Payload.Length));
        Assert.Equal(NetlinkFlags.Dump | NetlinkFlags.Request, second.Flags);
        Assert.False(NetlinkMessage.TryTake(ref received, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10000000020000")] // shorter than a header
    [InlineData("0f000000020000000000000000000000")] // a length shorter than the header
    [InlineData("11000000020000000000000000000000")] // a length beyond the end
    [InlineData("ffffffff020000000000000000000000")]
    [InlineData("00000000020000000000000000000000")]
    public void TryTake_NoWholeMessage_TakesNothing(string hex)
    {
        ReadOnlySpan<byte> received = Convert.FromHexString(hex);
        Assert.False(NetlinkMessage.TryTake(ref received, out _));
        Assert.True(received.IsEmpty);
    }

    [Theory]
    [InlineData("05000100aa000000 08000200bbbbbbbb", "1:aa 2:bbbbbbbb")]
    [InlineData("05000100aa", "1:aa")] // the last one without its padding
    [InlineData("04000100", "1:")]
    [InlineData("05008140ab000000", "129:ab")] // the flag of byte order is none of the type's bits
    [InlineData("03000100", "")] // shorter than its own header
    [InlineData("00000100", "")]
    [InlineData("0800020011111111 0900010011111111", "2:11111111")] // the second is cut off
    [InlineData("ffff0100", "")]
    [InlineData("0400", "")]
    public void Attributes_AnyLengths_GiveWholeOnesAndEnd(string hex, string expected)
    {
        List<string> found = [];
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))))
        {
            found.Add($"{attribute.Type}:{Convert.ToHexStringLower(attribute.Payload)}");
        }

        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Attribute_ShorterThanWhatIsRead_IsAnErrnoNotAnOverrun()
    {
        NetlinkAttributes attributes = new(Convert.FromHexString("06000100aabb0000"));
        Assert.True(attributes.MoveNext());
        Assert.Equal(0xbbaa, attributes.Current.UInt16);
        SyscallException? failure = null;
        try
        {
            _ = attributes.Current.UInt32;
        }
        catch (SyscallException exception)
        {
            failure = exception;
        }

        Assert.Equal(Errno.EBADMSG, failure?.Errno);
    }

    [Theory]
    [InlineData("62723000", "br0")]
    [InlineData("627230", "br0")] // without its NUL
    [InlineData("00", "")]
    [InlineData("", "")]
    public void Attribute_Text_EndsAtTheNulOrTheEnd(string hex, string expected) =>
        Assert.Equal(expected, new NetlinkAttribute(1, Convert.FromHexString(hex)).Text);

    [Theory]
    [InlineData(0x300, "ffffffff 00000000000000000000000000000000 0b000100 6261640a785f00 00", Errno.EPERM, "bad?x_")] // capped, with words
    [InlineData(0x100, "eaffffff 00000000000000000000000000000000 08000100 62616400", Errno.EINVAL, null)] // no words announced
    [InlineData(0x200, "eaffffff 18000000000000000000000000000000 1122334455667788 08000100 6e6f7400", Errno.EINVAL, "not")] // after the request's payload
    [InlineData(0x200, "eaffffff ffffffff000000000000000000000000 08000100 6e6f7400", Errno.EINVAL, null)] // a request longer than the message
    [InlineData(0x200, "eaffffff 04000000000000000000000000000000 08000100 6e6f7400", Errno.EINVAL, "not")] // one shorter than its header
    [InlineData(0x100, "00000000 00000000000000000000000000000000", Errno.None, null)]
    public void Error_Read_TakesTheWordsWhereTheyAre(int flags, string hex, Errno errno, string? words)
    {
        byte[] payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        using NetlinkWriter writer = new();
        writer.Begin(2, (NetlinkFlags)flags, "op");
        byte[] message = [.. writer.Written, .. payload];
        BitConverter.TryWriteBytes(message, message.Length);
        ReadOnlySpan<byte> received = message;
        Assert.True(NetlinkMessage.TryTake(ref received, out NetlinkMessage error));

        Assert.Equal(new NetlinkError(errno, 4, words), NetlinkError.Read(error, 4));
    }
}
