using FastRun.Engine.Networks;

namespace FastRun.Engine.Tests.Networks;

public sealed class HostRoutesTests
{
    // The lines of proc_pid_net(5): numbers in the byte order of the machine.
    [Theory]
    [InlineData("eth0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0", "169.254.0.0/16")]
    [InlineData("eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0", "192.168.1.0/24")]
    [InlineData("eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", null)]
    [InlineData("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT", null)]
    [InlineData("", null)]
    public void ParseIPv4_IsDestinationAndMask(string line, string? expected) =>
        Assert.Equal(expected, HostRoutes.ParseIPv4(line)?.ToString());

    [Theory]
    [InlineData("fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0", "fe80::/64")]
    [InlineData("00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo", null)]
    [InlineData("x 40", null)]
    public void ParseIPv6_IsDestinationAndLength(string line, string? expected) =>
        Assert.Equal(expected, HostRoutes.ParseIPv6(line)?.ToString());

    [Fact]
    public void Read_ThisMachine_HasNoDefaultRoute() =>
        Assert.DoesNotContain(HostRoutes.Read(), static route => route.PrefixLength == 0);
}
