using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Engine.Tests.Networks.Egress;

public sealed class EgressRuleTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("10.1.2.3:443", "10.1.2.3/32:443")]
    [InlineData("10.0.0.0/8:8000-8100/udp", "10.0.0.0/8:8000-8100/udp")]
    [InlineData("10.0.0.0/8/sctp", "10.0.0.0/8/sctp")]
    [InlineData("2001:db8::1", "[2001:db8::1]/128")]
    [InlineData("2001:db8::/32", "[2001:db8::]/32")]
    [InlineData("[2001:db8::]/32", "[2001:db8::]/32")]
    [InlineData("[2001:DB8::1]:443/tcp", "[2001:db8::1]/128:443/tcp")]
    [InlineData("[2001:db8::]/32:443", "[2001:db8::]/32:443")]
    [InlineData("Example.ORG.", "example.org")]
    [InlineData("*.example.org:443/tcp", "*.example.org:443/tcp")]
    [InlineData("xn--bcher-kva.example:80", "xn--bcher-kva.example:80")]
    [InlineData("localhost", "localhost")]
    public void Parse_Rule_HasOneForm_WhichIsReadAgain(string text, string expected)
    {
        EgressRule rule = EgressRule.Parse(text);
        Assert.Equal(expected, rule.ToString());
        Assert.Equal(rule, EgressRule.Parse(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("a.*.org")]
    [InlineData("-a.org")]
    [InlineData("a..org")]
    [InlineData("b\u00FCcher.example")]
    [InlineData("a b")]
    [InlineData("10.1")]
    [InlineData("10.1.2.300")]
    [InlineData("10.1.2.3/33")]
    [InlineData("10.1.2.3/8")]
    [InlineData("010.1.2.3")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]443")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.1.2.3:0")]
    [InlineData("10.1.2.3:65536")]
    [InlineData("10.1.2.3:80-79")]
    [InlineData("10.1.2.3:")]
    [InlineData("10.1.2.3:80/icmp")]
    [InlineData("example.org/tcp")]
    [InlineData("example.org:1-65")]
    [InlineData("http://example.org")]
    public void Parse_WhatIsNoRule_IsAnError(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => EgressRule.Parse(text)).Kind);

    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "a.example.org", false)]
    [InlineData("example.org", "badexample.org", false)]
    [InlineData("*.example.org", "a.example.org", true)]
    [InlineData("*.example.org", "a.b.example.org", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", ".example.org", false)]
    [InlineData("*.example.org", "badexample.org", false)]
    [InlineData("10.0.0.0/8", "10.0.0.0", false)]
    public void Means_Name_IsThatOrBelow(string rule, string name, bool expected) =>
        Assert.Equal(expected, EgressRule.Parse(rule).Means(name));
}
