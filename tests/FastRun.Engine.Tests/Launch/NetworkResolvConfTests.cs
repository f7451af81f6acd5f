using System.IO;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Tests.Launch;

/// <summary>resolv.conf of containers in networks, against what Docker 26 writes there.</summary>
public sealed class NetworkResolvConfTests
{
    private const string Stub = "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch corp.example\n";

    private static ContainerCreateRequest Request { get; } = new() { Image = "i" };

    [Fact]
    public void OfNameServer_IsItsAddress_AndAsksForShortNamesAsTheyAre() => Assert.Equal(
        "nameserver 127.0.0.11\nsearch corp.example\noptions edns0 trust-ad ndots:0\n# ExtServers: [127.0.0.53]\n",
        ResolvConf.OfNameServer(Request, ResolverConfiguration.Parse(Stub)));

    [Fact]
    public void OfNameServer_WhatIsAskedFor_ReplacesTheHosts() => Assert.Equal(
        "nameserver 127.0.0.11\noptions ndots:2\n# ExtServers: [9.9.9.9 2001:db8::1]\n",
        ResolvConf.OfNameServer(
            Request with { Dns = ["9.9.9.9", "2001:db8::1"], DnsSearch = ["."], DnsOptions = ["ndots:2"] }, ResolverConfiguration.Parse(Stub)));

    [Fact]
    public void OfBridge_HasTheServersThatTheContainerReaches()
    {
        ResolverConfiguration host = ResolverConfiguration.Parse(
            "; hand-made\nnameserver 127.0.0.1\nnameserver 10.0.0.1\nnameserver 2001:db8::53\nnameserver nonsense\ndomain old\nsearch a b\n");
        Assert.Equal("nameserver 10.0.0.1\nsearch a b\n", ResolvConf.OfBridge(Request, host, hasIPv6: false));
        Assert.Equal("nameserver 10.0.0.1\nnameserver 2001:db8::53\nsearch a b\n", ResolvConf.OfBridge(Request, host, hasIPv6: true));
        Assert.Equal(
            "nameserver 127.0.0.1\nsearch c\noptions rotate\n",
            ResolvConf.OfBridge(Request with { Dns = ["127.0.0.1"], DnsSearch = ["c"], DnsOptions = ["rotate"] }, host, hasIPv6: false));
        Assert.False(ResolvConf.NeedsNameServer(Request, host));
    }

    [Theory]
    [InlineData("nameserver 127.0.0.53\n", true)]
    [InlineData("nameserver 127.0.0.1\nnameserver ::1\n", true)]
    [InlineData("nameserver 127.0.0.1\nnameserver 10.0.0.1\n", false)]
    [InlineData("", false)]
    public void NeedsNameServer_WhereTheHostAsksItself(string host, bool needs)
    {
        Assert.Equal(needs, ResolvConf.NeedsNameServer(Request, ResolverConfiguration.Parse(host)));
        Assert.False(ResolvConf.NeedsNameServer(Request with { Dns = ["9.9.9.9"] }, ResolverConfiguration.Parse(host)));
    }

    [Fact]
    public void OfHost_StubOfSystemdResolved_IsReplacedByTheServersBehindIt()
    {
        string directory = Directory.CreateTempSubdirectory("fastrun-resolv-").FullName;
        try
        {
            string host = Path.Combine(directory, "host");
            string behind = Path.Combine(directory, "behind");
            File.WriteAllText(host, Stub);
            Assert.Equal(["127.0.0.53"], Servers(host, behind));
            File.WriteAllText(behind, "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch behind.example\n");
            Assert.Equal(["10.0.0.1", "10.0.0.2"], Servers(host, behind));
            File.WriteAllText(host, "nameserver 127.0.0.53\nnameserver 10.9.9.9\n");
            Assert.Equal(["127.0.0.53", "10.9.9.9"], Servers(host, behind));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string[] Servers(string host, string behind) =>
        [.. System.Linq.Enumerable.Select(ResolverConfiguration.OfHost(host, behind).Servers, server => server.ToString())];
}
