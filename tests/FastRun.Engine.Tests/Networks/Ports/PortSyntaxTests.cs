using System.Linq;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Tests.Networks.Ports;

public sealed class PortSyntaxTests
{
    [Theory]
    [InlineData("80", ":0-0>80/tcp")]
    [InlineData("8080:80", ":8080-8080>80/tcp")]
    [InlineData("53:53/UDP", ":53-53>53/udp")]
    [InlineData("127.0.0.1:8080:80", "127.0.0.1:8080-8080>80/tcp")]
    [InlineData("127.0.0.1::80", "127.0.0.1:0-0>80/tcp")]
    [InlineData("[::1]:8080:80/sctp", "::1:8080-8080>80/sctp")]
    [InlineData("fe80::1:8080:80", "fe80::1:8080-8080>80/tcp")]
    [InlineData("8000-8001:9000-9001", ":8000-8000>9000/tcp :8001-8001>9001/tcp")]
    [InlineData("9000-9001", ":0-0>9000/tcp :0-0>9001/tcp")]
    [InlineData("8000-8010:80", ":8000-8010>80/tcp")]
    [InlineData("80/", ":0-0>80/tcp")]
    [InlineData("published=8080,target=80,protocol=udp", ":8080-8080>80/udp")]
    [InlineData("target=80", ":0-0>80/tcp")]
    public void Parse_EveryForm(string text, string expected) => Assert.Equal(
        expected,
        string.Join(' ', PortSyntax.Parse(text).Select(b => $"{b.HostAddress}:{b.FirstHostPort}-{b.LastHostPort}>{b.ContainerPort}/{b.Protocol}")));

    /// <summary>The words are those of the Docker client 28.</summary>
    [Theory]
    [InlineData("", "no port specified: <empty>")]
    [InlineData(":/tcp", "no port specified: :/tcp<empty>")]
    [InlineData("foo:bar", "invalid containerPort: bar")]
    [InlineData("1.2.3:80:80", "invalid IP address: 1.2.3")]
    [InlineData("80:80/foo", "invalid proto: foo")]
    [InlineData("80-90:80-95", "invalid ranges specified for container and host Ports: 80-95 and 80-90")]
    [InlineData("99999:80", "invalid hostPort: 99999")]
    [InlineData("80:99999", "invalid containerPort: 99999")]
    [InlineData("90-80:80", "invalid hostPort: 90-80")]
    [InlineData("published=80,target=90,x", "invalid publish opts format (should be name=value but got 'x')")]
    public void Parse_WhatIsNone_IsAnErrorInDockersWords(string text, string expected)
    {
        EngineException exception = Assert.Throws<EngineException>(() => PortSyntax.Parse(text));

        Assert.Equal((ErrorKind.InvalidArgument, expected), (exception.Kind, exception.Message));
    }

    [Fact]
    public void ParseExposed_WritesAPortEach()
    {
        Assert.Equal(["80/tcp"], PortSyntax.ParseExposed("80"));
        Assert.Equal(["53/udp", "54/udp"], PortSyntax.ParseExposed("53-54/udp"));
        Assert.Equal("invalid range format for --expose: foo", Assert.Throws<EngineException>(() => PortSyntax.ParseExposed("foo")).Message);
        Assert.Equal("invalid port format for --expose: 80:80", Assert.Throws<EngineException>(() => PortSyntax.ParseExposed("80:80")).Message);
        Assert.Equal("invalid proto: foo", Assert.Throws<EngineException>(() => PortSyntax.ParseExposed("80/foo")).Message);
    }

    [Theory]
    [InlineData("0.0.0.0:8080-80/tcp", "10.1.0.2")]
    [InlineData("127.0.0.1:53-53/udp", "10.1.0.2")]
    [InlineData("[::]:8080-80/sctp", "fd01::2")]
    public void PublishedPort_ReadsWhatItWrites(string text, string container)
    {
        PublishedPort port = Assert.IsType<PublishedPort>(PublishedPort.TryParse(text, IPAddress.Parse("10.1.0.2"), IPAddress.Parse("fd01::2")));

        Assert.Equal(text, port.ToString());
        Assert.Equal(container, port.Container.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080-80/tcp")]
    [InlineData("0.0.0.0:8080/tcp")]
    [InlineData("0.0.0.0:8080-80")]
    [InlineData("0.0.0.0:8080-80/foo")]
    [InlineData("x:8080-80/tcp")]
    [InlineData("0.0.0.0:99999-80/tcp")]
    public void PublishedPort_FromDamagedText_IsNull(string text) =>
        Assert.Null(PublishedPort.TryParse(text, IPAddress.Parse("10.1.0.2"), null));
}
