using System;
using System.Linq;
using FastRun.Native.Interop;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>Requests byte for byte, by the layout of netlink(7). The expected bytes are those of a little-endian machine.</summary>
public sealed class NetlinkWriterTests : IDisposable
{
    private readonly NetlinkWriter _writer = new(16);

    public NetlinkWriterTests() => Assert.SkipUnless(BitConverter.IsLittleEndian, "the bytes are little-endian");

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void Begin_HeaderAndAttributes_AreAlignedAndPaddedWithZeros()
    {
        _writer.Begin(16, NetlinkFlags.Acknowledge, "op");
        _writer.Header(new struct_ifinfomsg { ifi_index = 7 });
        _writer.Text(3, "br0");
        _writer.UInt8(9, 0xAB);
        _writer.UInt16BigEndian(10, 0x1234);
        _writer.UInt32BigEndian(11, 0x12345678);
        _writer.UInt64BigEndian(12, 0x0102030405060708);
        _writer.Flag(13);

        Assert.Equal(
            Bytes(
                "50000000 1000 0500 00000000 00000000", // length 80, RTM_NEWLINK, REQUEST|ACK, sequence, port
                "00 00 0000 07000000 00000000 00000000", // struct ifinfomsg
                "0800 0300 62723000", // "br0" with its NUL
                "0500 0900 ab000000", // one byte and its padding
                "0600 0a00 12340000", // the most significant byte first
                "0800 0b00 12345678",
                "0c00 0c00 0102030405060708",
                "0400 0d00"),
            _writer.Written.ToArray());
    }

    [Fact]
    public void Nested_TwoLevels_HaveTheLengthOfWhatIsInThem()
    {
        _writer.Begin(1, NetlinkFlags.None, "op");
        using (_writer.Nested(18))
        {
            _writer.Text(1, "veth");
            using (_writer.Nested(2))
            {
                _writer.UInt32(5, 1);
            }
        }

        Assert.Equal(
            Bytes(
                "2c000000 0100 0100 00000000 00000000",
                "1c00 1280", // 28 bytes, NLA_F_NESTED
                "0900 0100 7665746800 000000",
                "0c00 0280",
                "0800 0500 01000000"),
            _writer.Written.ToArray());
    }

    [Fact]
    public void Number_SeveralRequests_AreNumberedAndTheLastIsAcknowledged()
    {
        for (int i = 0; i < 3; i++)
        {
            _writer.Begin(1, NetlinkFlags.None, "op");
            _writer.UInt32(1, 0);
        }

        _writer.AcknowledgeLast();

        Assert.Equal(1, _writer.Number(100));
        byte[] written = _writer.Written.ToArray();
        Assert.Equal([100, 101, 102], Enumerable.Range(0, 3).Select(i => BitConverter.ToUInt32(written, (i * 24) + 8)));
        Assert.Equal([1, 1, 5], Enumerable.Range(0, 3).Select(i => (int)BitConverter.ToUInt16(written, (i * 24) + 6)));
    }

    [Fact]
    public void Clear_UsedAgain_AllocatesNothing()
    {
        Write();
        (int collections, long allocated) = (0, 0L);
        do
        {
            // A collection in the middle takes what the thread may still allocate, and counts it.
            collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Write();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (collections != GC.CollectionCount(0));

        Assert.Equal(0, allocated);

        void Write()
        {
            _writer.Clear();
            for (int i = 0; i < 10; i++)
            {
                _writer.Begin(1, NetlinkFlags.None, "op", "subject");
                using (_writer.Nested(1))
                {
                    _writer.Text(2, "some text");
                }
            }
        }
    }

    [Fact]
    public void Text_WithNul_IsRefused()
    {
        _writer.Begin(1, NetlinkFlags.None, "op");
        Assert.Throws<ArgumentException>(() => _writer.Text(1, "a\0b"));
    }

    [Fact]
    public void Bytes_LongerThanALengthCanSay_AreRefused()
    {
        _writer.Begin(1, NetlinkFlags.None, "op");
        _writer.Bytes(1, new byte[65531]);
        Assert.Throws<ArgumentException>(() => _writer.Bytes(1, new byte[65532]));
        Assert.Throws<InvalidOperationException>(() =>
        {
            using (_writer.Nested(2))
            {
                _writer.Bytes(1, new byte[65531]);
            }
        });
    }

    [Fact]
    public void Header_MoreThanAllRequestsMayHave_IsRefused()
    {
        byte[] much = new byte[60000];
        Assert.Throws<InvalidOperationException>(() =>
        {
            _writer.Begin(1, NetlinkFlags.None, "op");
            for (int i = 0; i < 300; i++)
            {
                _writer.Bytes(1, much);
            }
        });
    }

    private static byte[] Bytes(params string[] hex) => Convert.FromHexString(string.Concat(hex).Replace(" ", "", StringComparison.Ordinal));
}
