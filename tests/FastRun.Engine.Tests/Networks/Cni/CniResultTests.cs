using System.Net;
using System.Text;
using FastRun.Engine.Networks.Cni;

namespace FastRun.Engine.Tests.Networks.Cni;

public sealed class CniResultTests
{
    [Fact]
    public void TryParse_Result_HasAddressesHardwareAddressAndDns()
    {
        // CNI specification 1.0.0, section 5, an example of the bridge plugin.
        CniResult result = Parse("""
            {"cniVersion": "1.0.0",
             "interfaces": [{"name": "cni0", "mac": "00:11:22:33:44:55"}, {"name": "eth0", "mac": "99:88:77:66:55:44", "sandbox": "/var/run/netns/blue"}],
             "ips": [{"address": "10.1.0.5/16", "gateway": "10.1.0.1", "interface": 2}, {"address": "fd00::5/64"}],
             "routes": [{"dst": "0.0.0.0/0"}],
             "dns": {"nameservers": ["10.1.0.1"], "domain": "example.com", "search": ["b.example"], "options": ["ndots:2"]}}
            """)!;

        Assert.Equal((IPAddress.Parse("10.1.0.5"), 16, IPAddress.Parse("10.1.0.1")), result.First(isIPv6: false));
        Assert.Equal((IPAddress.Parse("fd00::5"), 64, null), result.First(isIPv6: true));
        Assert.Equal("99:88:77:66:55:44", result.MacAddress);
        Assert.Equal([IPAddress.Parse("10.1.0.1")], result.Dns.Servers);
        Assert.Equal(["example.com", "b.example"], result.Dns.Search);
        Assert.Equal(["ndots:2"], result.Dns.Options);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ips": null, "dns": null, "interfaces": null}""")]
    public void TryParse_ResultWithoutAnything_IsOne(string text)
    {
        CniResult result = Parse(text)!;

        Assert.Empty(result.Addresses);
        Assert.Empty(result.Dns.Servers);
        Assert.Equal("", result.MacAddress);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"ips": {}}""")]
    [InlineData("""{"ips": [3]}""")]
    [InlineData("""{"ips": [{"address": "10.0.0.1"}]}""")]
    [InlineData("""{"ips": [{"address": "10.0.0.1/33"}]}""")]
    [InlineData("""{"ips": [{"address": "10.0.0.1/24", "gateway": "x"}]}""")]
    [InlineData("""{"dns": {"nameservers": ["10.0.0.1\nnameserver 10.0.0.2"]}}""")]
    [InlineData("""{"dns": {"search": ["a b"]}}""")]
    [InlineData("""{"dns": {"options": ["ndots:1\nnameserver 10.0.0.2"]}}""")]
    [InlineData("""{"dns": {"domain": "\ud800"}}""")]
    public void TryParse_WhatIsNoResult_IsNull(string text) => Assert.Null(Parse(text));

    private static CniResult? Parse(string text) => CniResult.TryParse(Encoding.UTF8.GetBytes(text), "eth0");
}
