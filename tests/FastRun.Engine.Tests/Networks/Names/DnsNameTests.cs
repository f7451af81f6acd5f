using System;
using System.Linq;
using System.Text;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>Names as RFC 1035 writes them.</summary>
public sealed class DnsNameTests
{
    /// <summary>The example of RFC 1035 section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.</summary>
    private static byte[] Example()
    {
        byte[] message = new byte[93];
        "\u0001F\u0003ISI\u0004ARPA\0"u8.CopyTo(message.AsSpan(20));
        byte[] foo = [3, (byte)'F', (byte)'O', (byte)'O', 0xC0, 20];
        foo.CopyTo(message, 40);
        byte[] arpa = [0xC0, 26];
        arpa.CopyTo(message, 64);
        return message;
    }

    [Theory]
    [InlineData(20, "f.isi.arpa", 32)]
    [InlineData(40, "foo.f.isi.arpa", 46)]
    [InlineData(64, "arpa", 66)]
    [InlineData(92, "", 93)]
    public void TryRead_TheRfcsExample_IsTheNameAndWhatFollows(int offset, string name, int end)
    {
        Assert.Equal(name, DnsName.TryRead(Example(), ref offset));
        Assert.Equal(end, offset);
    }

    [Fact]
    public void TryRead_ByteThatIsNoOrdinaryCharacter_CannotBeTakenForAnother()
    {
        byte[] message = [.. new byte[12], 3, (byte)'a', (byte)'.', (byte)'b', 2, 0xFF, (byte)'\\', 1, (byte)' ', 0];
        int offset = 12;
        Assert.Equal("a\\046b.\\255\\092.\\032", DnsName.TryRead(message, ref offset));
    }

    [Fact]
    public void TryRead_LongestName_IsTaken_AndOneMoreByteIsNot()
    {
        // Three labels of 63 and one of 61: 3 * 64 + 62 + 1 = 255.
        byte[] longest = [.. Label(63), .. Label(63), .. Label(63), .. Label(61), 0];
        byte[] longer = [.. Label(63), .. Label(63), .. Label(63), .. Label(62), 0];
        int offset = 12;
        Assert.Equal(253, DnsName.TryRead([.. new byte[12], .. longest], ref offset)!.Length);
        offset = 12;
        Assert.Null(DnsName.TryRead([.. new byte[12], .. longer], ref offset));
    }

    [Theory]
    [InlineData("C00C", 12)] // itself
    [InlineData("C00E01610000", 12)] // forward
    [InlineData("0161C00C", 12)] // its own start, over and over
    [InlineData("C000", 12)] // the header
    [InlineData("C0", 12)] // half a pointer
    [InlineData("05616263", 12)] // a label that ends later than the message
    [InlineData("0161", 12)] // no end
    [InlineData("", 12)]
    [InlineData("40", 12)] // the two reserved kinds of label
    [InlineData("8000", 12)]
    public void TryRead_Broken_IsRefused(string bytes, int offset)
    {
        byte[] message = [.. new byte[12], .. Convert.FromHexString(bytes)];
        Assert.Null(DnsName.TryRead(message, ref offset));
        Assert.Equal(12, offset);
        Assert.False(DnsName.TrySkip(message, ref offset));
    }

    [Fact]
    public void TryRead_ChainOfPointers_EndsAtTheLengthOfAName()
    {
        // Each label leads to the one before it: 200 labels of two bytes are longer than a name may be.
        byte[] message = new byte[12 + 3 + (200 * 4)];
        message[12] = 1;
        message[13] = (byte)'a';
        for (int i = 0; i < 200; i++)
        {
            int at = 15 + (i * 4);
            int target = i == 0 ? 12 : at - 4;
            (message[at], message[at + 1]) = (1, (byte)'b');
            (message[at + 2], message[at + 3]) = ((byte)(0xC0 | (target >> 8)), (byte)target);
        }

        int offset = 15 + (199 * 4);
        Assert.Null(DnsName.TryRead(message, ref offset));
        offset = 15 + (99 * 4);
        Assert.NotNull(DnsName.TryRead(message, ref offset));
    }

    [Fact]
    public void Write_Name_IsTheRfcsForm()
    {
        byte[] buffer = new byte[255];
        int length = DnsName.Write("F.ISI.ARPA", buffer);
        Assert.Equal(Encoding.ASCII.GetBytes("\u0001F\u0003ISI\u0004ARPA\0"), buffer[..length]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("\u00e4")]
    public void Write_NoName_WritesNothing(string name) => Assert.Equal(0, DnsName.Write(name, new byte[255]));

    [Fact]
    public void Write_TooLongForALabelANameOrTheRoom_WritesNothing()
    {
        Assert.Equal(0, DnsName.Write(new string('a', 64), new byte[300]));
        Assert.Equal(65, DnsName.Write(new string('a', 63), new byte[300]));
        Assert.Equal(0, DnsName.Write(string.Join('.', Enumerable.Repeat("abc", 64)), new byte[300]));
        Assert.Equal(0, DnsName.Write("abc", new byte[4]));
        Assert.Equal(5, DnsName.Write("abc", new byte[5]));
    }

    private static byte[] Label(int length) => [(byte)length, .. Enumerable.Repeat((byte)'x', length)];
}
