using System.Net;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Engine.Tests.Networks.Egress;

public sealed class EgressAddressTests
{
    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("192.0.2.2", true)]
    [InlineData("2600:1f18::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:a9fe:a9fe::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    public void IsPublic_Address_IsOfTheInternetOrNot(string address, bool expected) =>
        Assert.Equal(expected, EgressAddress.IsPublic(IPAddress.Parse(address)));
}
