using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Cni;

namespace FastRun.Engine.Tests.Networks.Cni;

public sealed class CniNetworkTests
{
    [Fact]
    public void Parse_List_HasItsPluginsInOrderWithTheirCapabilities()
    {
        CniNetwork network = Parse("""
            {"cniVersion": "0.4.0", "name": "db.net-1", "disableCheck": true,
             "plugins": [{"type": "bridge"}, {"type": "portmap", "capabilities": {"portMappings": true, "mac": false}}]}
            """);

        Assert.Equal("db.net-1", network.Name);
        Assert.Equal(["bridge", "portmap"], [network.Plugins[0].Type, network.Plugins[1].Type]);
        Assert.True(network.Has("portMappings"));
        Assert.False(network.Has("mac"));
        Assert.True(network.DeletesWithResult);
    }

    [Fact]
    public void Parse_SinglePlugin_IsAListOfOne()
    {
        CniNetwork network = Parse("""{"cniVersion": "0.3.1", "name": "one", "type": "macvlan", "master": "eth0"}""");

        Assert.Equal("macvlan", Assert.Single(network.Plugins).Type);
        Assert.False(network.DeletesWithResult);
    }

    [Theory]
    [InlineData("""{"cniVersion": "1.0.0", "name": "../x", "type": "bridge"}""", "\"name\" is no name of a network")]
    [InlineData("""{"cniVersion": "1.0.0", "type": "bridge"}""", "\"name\" is no name of a network")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "x", "type": "/bin/sh"}""", "a plugin has no \"type\"")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "x", "type": ".."}""", "a plugin has no \"type\"")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "x", "plugins": []}""", "\"plugins\" is no list")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "x", "plugins": {"type": "bridge"}}""", "\"plugins\" is no list")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "x", "plugins": [3]}""", "a plugin has no \"type\"")]
    [InlineData("""{"cniVersion": "0.2.0", "name": "x", "type": "bridge"}""", "the CNI version '0.2.0' is not spoken")]
    [InlineData("""{"name": "x", "type": "bridge"}""", "the CNI version '' is not spoken")]
    [InlineData("[]", "\"name\" is no name of a network")]
    [InlineData("{", "it is not JSON")]
    [InlineData("""{"cniVersion": "1.0.0", "name": "\ud800"}""", "a text in it has an escape that is no character")]
    public void Parse_WhatCannotBe_IsNamed(string text, string message)
    {
        EngineException exception = Assert.Throws<EngineException>(() => Parse(text));

        Assert.StartsWith("/etc/cni/net.d/x.conflist: ", exception.Message);
        Assert.Contains(message, exception.Message);
    }

    private static CniNetwork Parse(string text) => CniNetwork.Parse(Encoding.UTF8.GetBytes(text), "/etc/cni/net.d/x.conflist");
}
