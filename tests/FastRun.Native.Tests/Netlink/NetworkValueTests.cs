using System;
using System.Net;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

public sealed class NetworkValueTests
{
    [Theory]
    [InlineData("02:42:0a:d2:00:02", 0x02420AD20002UL)]
    [InlineData("02-42-0A-D2-00-02", 0x02420AD20002UL)]
    [InlineData("ff:ff:ff:ff:ff:ff", 0xFFFFFFFFFFFFUL)]
    public void MacAddress_TryParse_ReadsBothNotations(string text, ulong bits)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress address));
        Assert.Equal(new MacAddress(bits), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("02:42:0a:d2:00")]
    [InlineData("02:42:0a:d2:00:0g")]
    [InlineData("02:42:0a-d2:00:02")]
    [InlineData("02:42:0a:d2:00:02:")]
    [InlineData("0242:0a:d2:00:020")]
    [InlineData("02:42:0a:d2:00: 2")]
    [InlineData("02:42:0a:d2:00:+2")]
    public void MacAddress_TryParse_AnythingElse_IsNone(string? text) => Assert.False(MacAddress.TryParse(text, out _));

    [Fact]
    public void MacAddress_OfIPv4_IsDockers()
    {
        MacAddress address = MacAddress.OfIPv4(IPAddress.Parse("172.17.0.2"));
        Assert.Equal("02:42:ac:11:00:02", address.ToString());
        Assert.False(address.IsMulticast);
        Assert.True(new MacAddress(0x0100_5E00_0001).IsMulticast);
    }

    [Theory]
    [InlineData("10.1.2.3", 24, "10.1.2.255")]
    [InlineData("10.1.2.3", 0, "255.255.255.255")]
    [InlineData("10.1.2.3", 32, "10.1.2.3")]
    [InlineData("fd00::5", 64, "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::5", 128, "fd00::5")]
    [InlineData("::", 0, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void InternetAddress_Last_IsTheEndOfThePrefix(string address, int prefix, string expected)
    {
        InternetAddress value = IPAddress.Parse(address);
        Assert.Equal(expected, value.Last(prefix).ToString());
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::ff00:42:8329")]
    public void InternetAddress_ThereAndBack_IsTheSame(string text)
    {
        InternetAddress value = IPAddress.Parse(text);
        Assert.Equal(IPAddress.Parse(text), value.ToIPAddress());
        Assert.Equal(text.Contains(':', StringComparison.Ordinal), value.IsIPv6);
        byte[] bytes = new byte[value.Size];
        Assert.Equal(value.Size, value.Write(bytes));
        Assert.Equal(IPAddress.Parse(text).GetAddressBytes(), bytes);
        Assert.Equal(value, InternetAddress.Read(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(17)]
    public void InternetAddress_Read_OfAnotherLength_IsNull(int length) => Assert.Null(InternetAddress.Read(new byte[length]));
}
