using System.Net;
using FastRun.Engine.Networks.Addresses;

namespace FastRun.Engine.Tests.Networks.Addresses;

public sealed class SubnetTests
{
    [Theory]
    [InlineData("10.1.2.0/24", "10.1.2.0/24", true)]
    [InlineData("10.1.2.7/24", "10.1.2.0/24", false)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", true)]
    [InlineData("192.168.1.1/32", "192.168.1.1/32", true)]
    [InlineData("fd00:1:2::/64", "fd00:1:2::/64", true)]
    [InlineData("fd00:1:2::5/64", "fd00:1:2::/64", false)]
    [InlineData("::/0", "::/0", true)]
    public void TryParse_Block_IsMasked(string text, string expected, bool isExact)
    {
        Assert.True(Subnet.TryParse(text, out Subnet subnet, out bool exact));
        Assert.Equal((expected, isExact), (subnet.ToString(), exact));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.1.2.0")]
    [InlineData("10.1.2.0/33")]
    [InlineData("10.1.2.0/-1")]
    [InlineData("10.1.2.0/24x")]
    [InlineData("10.1.2/24")]
    [InlineData("010.1.2.0/24")]
    [InlineData("167772160/8")]
    [InlineData("fd00::%1/64")]
    [InlineData("[fd00::]/64")]
    [InlineData("fd00::/129")]
    public void TryParse_NoBlock_IsRefused(string text) => Assert.False(Subnet.TryParse(text, out _, out _));

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.255.0/24", true)]
    [InlineData("10.1.255.0/24", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.2.0.0/16", false)]
    [InlineData("0.0.0.0/0", "fd00::/8", false)]
    [InlineData("fd00::/8", "fd12::/16", true)]
    public void Overlaps_IsSharedAddress(string a, string b, bool expected) => Assert.Equal(expected, Parse(a).Overlaps(Parse(b)));

    [Fact]
    public void Index_IsDistanceFromFirst()
    {
        Subnet subnet = Parse("10.1.2.0/23");
        Assert.Equal(IPAddress.Parse("10.1.3.5"), subnet.At(261));
        Assert.Equal((System.UInt128)261, subnet.IndexOf(IPAddress.Parse("10.1.3.5")));
        Assert.Equal((System.UInt128)511, subnet.LastIndex);
        Assert.True(subnet.Contains(IPAddress.Parse("10.1.3.255")));
        Assert.False(subnet.Contains(IPAddress.Parse("10.1.4.0")));
        Assert.False(subnet.Contains(IPAddress.Parse("::ffff:10.1.3.5")));
    }

    [Fact]
    public void Part_IsBlockOfBlock()
    {
        Assert.Equal("10.1.7.0/24", Parse("10.1.0.0/16").Part(24, 7).ToString());
        Assert.Equal("fd00:0:0:3::/64", Parse("fd00::/48").Part(64, 3).ToString());
    }

    private static Subnet Parse(string text) => Subnet.TryParse(text, out Subnet subnet, out _) ? subnet : throw new System.ArgumentException(text);
}
