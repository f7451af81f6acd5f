using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Cli.Output;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Tests.Cli.Output;

/// <summary>The expected texts are what Docker's own command line prints when an API answers with these ports.</summary>
public sealed class PortListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("80/tcp", "80/tcp")]
    [InlineData("80/tcp 81/tcp 82/udp 443/tcp", "80-81/tcp, 443/tcp, 82/udp")]
    [InlineData(
        "0.0.0.0:8080-80/tcp [::]:8080-80/tcp 127.0.0.1:9000-90/udp 127.0.0.1:9001-91/udp",
        "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 127.0.0.1:9000->90/udp, 127.0.0.1:9001->91/udp")]
    [InlineData(
        "0.0.0.0:8080-80/tcp 443/tcp 0.0.0.0:90-90/tcp 0.0.0.0:91-91/tcp [::]:90-90/tcp 20/sctp",
        "20/sctp, 0.0.0.0:90-91->90-91/tcp, [::]:90->90/tcp, 443/tcp, 0.0.0.0:8080->80/tcp")]
    [InlineData(
        "0.0.0.0:90-90/tcp 0.0.0.0:92-92/tcp 100/tcp 102/tcp 103/tcp 100/udp",
        "0.0.0.0:90->90/tcp, 100/tcp, 0.0.0.0:92->92/tcp, 102-103/tcp, 100/udp")]
    [InlineData(
        "10.0.0.1:8080-80/tcp 9.0.0.1:8081-80/tcp 9.0.0.1:80-80/tcp 80/udp",
        "80/udp, 9.0.0.1:80->80/tcp, 10.0.0.1:8080->80/tcp, 9.0.0.1:8081->80/tcp")]
    public void Of_IsDockersText(string ports, string expected)
    {
        List<PublishedPort> published = [];
        List<ExposedPort> exposed = [];
        foreach (string port in ports.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (PublishedPort.TryParse(port, IPAddress.Parse("10.210.0.2"), IPAddress.Parse("fd00::2")) is { } leads)
            {
                published.Add(leads);
            }
            else
            {
                exposed.Add(new ExposedPort(ushort.Parse(port.Split('/')[0], null), port.Split('/')[1]));
            }
        }

        Assert.Equal(expected, PortList.Of(published, exposed));
    }
}
