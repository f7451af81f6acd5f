using FastRun.Engine.Errors;
using FastRun.Engine.Networks;

namespace FastRun.Engine.Tests.Networks;

public sealed class NetworkSyntaxTests
{
    [Theory]
    [InlineData("app")]
    [InlineData("container:web")]
    [InlineData("name=app")]
    public void Parse_NameAlone(string text)
    {
        EndpointRequest parsed = NetworkSyntax.Parse(text);
        Assert.Equal(text.Replace("name=", "", System.StringComparison.Ordinal), parsed.Network);
        Assert.Null(parsed.IPv4);
        Assert.Empty(parsed.Aliases);
    }

    [Theory]
    [InlineData("name=app,ip=10.9.0.5,alias=www,alias=api,ip6=fd00::5,mac-address=02-42-AC-11-00-03,driver-opt=com.docker.network.endpoint.ifname=lan0")]
    [InlineData("app:ip=10.9.0.5,alias=www,alias=api,ip6=fd00::5,mac-address=02:42:ac:11:00:03,\"driver-opt=com.docker.network.endpoint.ifname=lan0\"")]
    public void Parse_LongForms(string text)
    {
        EndpointRequest parsed = NetworkSyntax.Parse(text);
        Assert.Equal(("app", "10.9.0.5", "fd00::5", "02:42:ac:11:00:03"), (parsed.Network, parsed.IPv4, parsed.IPv6, parsed.MacAddress));
        Assert.Equal(["www", "api"], parsed.Aliases);
        Assert.Equal("lan0", parsed.Options["com.docker.network.endpoint.ifname"]);
    }

    [Theory]
    [InlineData("name=app,ip", "invalid field ip")]
    [InlineData("name=app,weight=3", "invalid field key weight")]
    [InlineData("ip=10.9.0.5", "network name/id is not specified")]
    [InlineData("name=app,alias=", "invalid value for alias: it is empty")]
    [InlineData("name=app,mac-address=zz", "zz is not a valid mac address")]
    [InlineData("name=app,driver-opt=x", "invalid key value pair format in driver options")]
    [InlineData("container:", "invalid container format container:<name|id>")]
    public void Parse_Malformed_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => NetworkSyntax.Parse(text)).Message);

    [Theory]
    [InlineData("app:x")]
    [InlineData("app:name=other")]
    public void Parse_NoForm_IsRefused(string text) =>
        Assert.StartsWith("invalid network '", Assert.Throws<EngineException>(() => NetworkSyntax.Parse(text)).Message);
}
