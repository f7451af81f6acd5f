using System;
using FastRun.Native.Compression;

namespace FastRun.Native.Tests.Compression;

public sealed class ZstdFrameTests
{
    /// <summary>Computed by hand after RFC 8878, 3.1.1.1.2 and 3.1.1.1.4.</summary>
    [Theory]
    [InlineData("28B52FFD 00 00", 1024)]
    [InlineData("28B52FFD 00 07", 1024 + (7 * 128))]
    [InlineData("28B52FFD 04 68", 8 << 20)]
    [InlineData("28B52FFD 00 69", 9 << 20)]
    [InlineData("28B52FFD 00 88", 128 << 20)]
    [InlineData("28B52FFD 00 FF", 0x3C000000000)]
    [InlineData("28B52FFD 20 7F", 127)]
    [InlineData("28B52FFD 60 0100", 257)]
    [InlineData("28B52FFD A0 01000080", 0x80000001)]
    [InlineData("28B52FFD E0 0000000001000000", 1L << 32)]
    [InlineData("28B52FFD 21 AA 05", 5)]
    [InlineData("28B52FFD 22 AAAA 05", 5)]
    [InlineData("28B52FFD E3 AAAAAAAA 0000000001000000", 1L << 32)]
    public void WindowSize_Frame_IsWhatItsHeaderSays(string header, long expected) =>
        Assert.Equal((ulong)expected, ZstdFrame.WindowSize(Bytes(header)));

    [Theory]
    [InlineData("")]
    [InlineData("28B52FFD")]
    [InlineData("28B52FFD E0")]
    [InlineData("28B52FFD E0 00000000010000")]
    [InlineData("28B52FFD E3 AAAAAAAA 01")]
    [InlineData("502A4D18 04000000 FFFFFFFF")]
    [InlineData("1F8B0800 00000000 00FF")]
    public void WindowSize_NoWholeFrameHeader_IsZero(string header) =>
        Assert.Equal(0UL, ZstdFrame.WindowSize(Bytes(header)));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
