using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks;

public sealed class SubinterfaceOptionsTests
{
    [Fact]
    public void Parse_Nothing_IsDockersDefaults()
    {
        SubinterfaceOptions options = SubinterfaceOptions.Parse("macvlan", new Dictionary<string, string>());

        Assert.Equal((null, MacvlanMode.Bridge, IpvlanMode.L2, IpvlanIsolation.Bridge, null, "eth"),
            (options.Parent, options.Macvlan, options.Ipvlan, options.Isolation, options.Mtu, options.ContainerPrefix));
    }

    [Theory]
    [InlineData("bridge", MacvlanMode.Bridge)]
    [InlineData("private", MacvlanMode.Private)]
    [InlineData("vepa", MacvlanMode.Vepa)]
    [InlineData("passthru", MacvlanMode.PassThrough)]
    public void Parse_MacvlanMode_IsTheKernels(string value, MacvlanMode mode) =>
        Assert.Equal(mode, Parse("macvlan", "macvlan_mode", value).Macvlan);

    [Theory]
    [InlineData("l2", IpvlanMode.L2)]
    [InlineData("l3", IpvlanMode.L3)]
    [InlineData("l3s", IpvlanMode.L3S)]
    public void Parse_IpvlanMode_IsTheKernels(string value, IpvlanMode mode) =>
        Assert.Equal(mode, Parse("ipvlan", "ipvlan_mode", value).Ipvlan);

    [Theory]
    [InlineData("bridge", IpvlanIsolation.Bridge)]
    [InlineData("private", IpvlanIsolation.Private)]
    [InlineData("vepa", IpvlanIsolation.Vepa)]
    public void Parse_IpvlanFlag_IsTheKernels(string value, IpvlanIsolation isolation) =>
        Assert.Equal(isolation, Parse("ipvlan", "ipvlan_flag", value).Isolation);

    [Theory]
    [InlineData("macvlan", "parent", "a/b", "invalid interface name 'a/b'")]
    [InlineData("macvlan", "parent", "", "invalid interface name ''")]
    [InlineData("macvlan", "macvlan_mode", "l2", "requested macvlan mode 'l2' is not valid, 'bridge' mode is the macvlan driver default")]
    [InlineData("ipvlan", "ipvlan_mode", "bridge", "requested ipvlan mode 'bridge' is not valid, 'l2' mode is the ipvlan driver default")]
    [InlineData("ipvlan", "ipvlan_flag", "x", "requested ipvlan flag 'x' is not valid, 'bridge' is the ipvlan driver default")]
    [InlineData("macvlan", "ipvlan_mode", "l2", "invalid option \"ipvlan_mode\": the driver macvlan has no such option")]
    [InlineData("ipvlan", "com.docker.network.bridge.name", "x", "invalid option \"com.docker.network.bridge.name\": the driver ipvlan has no such option")]
    [InlineData("ipvlan", "com.docker.network.driver.mtu", "1", "invalid MTU '1': it must be 68 to 65535")]
    public void Parse_WhatCannotBe_IsAnError(string driver, string key, string value, string error) =>
        Assert.Equal(error, Assert.Throws<EngineException>(() => Parse(driver, key, value)).Message);

    [Fact]
    public void NetworkFormat_ThereAndBack_KeepsTheDriver()
    {
        Network network = new() { Id = new string('a', 64), Name = "app", Driver = Network.IpvlanDriver, Interface = "eth0.10" };

        Network? read = NetworkFormat.Decode(NetworkFormat.Encode(network));

        Assert.Equal((Network.IpvlanDriver, "eth0.10", true, false), (read!.Driver, read.Interface, read.HasEndpoints, read.IsBridge));
    }

    private static SubinterfaceOptions Parse(string driver, string key, string value) =>
        SubinterfaceOptions.Parse(driver, new Dictionary<string, string> { [key] = value });
}
