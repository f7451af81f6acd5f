using System;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Tests.Registry.Http;

/// <summary>The rules are those of golang.org/x/net/http/httpproxy, whose documentation the cases are from.</summary>
public sealed class ProxyRulesTests
{
    [Theory]
    [InlineData("https://registry.example/", "http://secure.proxy:3128/")]
    [InlineData("http://registry.example/", "http://plain.proxy:8080/")]
    [InlineData("https://localhost:5000/", null)]
    [InlineData("https://127.0.0.9/", null)]
    [InlineData("https://[::1]/", null)]
    public void GetProxy_ByScheme_LeavesLoopbackAlone(string address, string? expected) => Assert.Equal(
        expected, Rules(http: "plain.proxy:8080", https: "http://secure.proxy:3128").GetProxy(new Uri(address))?.ToString());

    [Theory]
    [InlineData("example.com", "https://example.com/", true)]
    [InlineData("example.com", "https://sub.example.com/", true)]
    [InlineData("example.com", "https://anexample.com/", false)]
    [InlineData(".example.com", "https://sub.example.com/", true)]
    [InlineData(".example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://sub.example.com/", true)]
    [InlineData("EXAMPLE.com:8443", "https://example.COM:8443/", true)]
    [InlineData("example.com:8443", "https://example.com/", false)]
    [InlineData("10.0.0.0/8", "https://10.9.8.7/", true)]
    [InlineData("10.1.2.3/8", "https://10.9.8.7/", true)]
    [InlineData("10.0.0.0/8", "https://11.9.8.7/", false)]
    [InlineData("192.168.1.1", "https://192.168.1.1:5000/", true)]
    [InlineData("192.168.1.1:80", "https://192.168.1.1:5000/", false)]
    [InlineData("fd00::/8", "https://[fd12::1]/", true)]
    [InlineData("other.example, example.com", "https://example.com/", true)]
    [InlineData("*", "https://anything.example/", true)]
    [InlineData("", "https://anything.example/", false)]
    public void IsBypassed_ByException_FollowsGosRules(string exceptions, string address, bool expected) =>
        Assert.Equal(expected, Rules(https: "proxy:1", exceptions: exceptions).IsBypassed(new Uri(address)));

    [Fact]
    public void FromEnvironment_PrefersUpperCase()
    {
        ProxyRules rules = ProxyRules.FromEnvironment(static name => name switch
        {
            "HTTPS_PROXY" => "upper:1",
            "https_proxy" => "lower:1",
            "http_proxy" => "lower:2",
            _ => null,
        });

        Assert.Equal("http://upper:1/", rules.GetProxy(new Uri("https://a.example"))?.ToString());
        Assert.Equal("http://lower:2/", rules.GetProxy(new Uri("http://a.example"))?.ToString());
    }

    [Fact]
    public void FromEnvironment_OfWhatIsNoAddress_NamesTheVariable() => Assert.StartsWith(
        "HTTPS_PROXY: not the address",
        Assert.Throws<RegistryConfigurationException>(() => Rules(https: "ftp://proxy")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Credentials_AreThoseInTheAddress()
    {
        ProxyRules rules = Rules(https: "http://me:p%40ss@proxy:1");

        System.Net.NetworkCredential? credential = rules.Credentials!.GetCredential(
            rules.GetProxy(new Uri("https://a.example"))!, "Basic");

        Assert.Equal(("me", "p@ss"), (credential?.UserName, credential?.Password));
    }

    private static ProxyRules Rules(string? http = null, string? https = null, string exceptions = "") =>
        ProxyRules.FromEnvironment(name => name switch
        {
            "HTTP_PROXY" => http,
            "HTTPS_PROXY" => https,
            "NO_PROXY" => exceptions,
            _ => null,
        });
}
