using System.IO;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Networks.Links;

namespace FastRun.Engine.Tests.Launch;

public sealed class HostsFileTests
{
    private const string DockerLines =
        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
        + "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    private static readonly IPAddress s_own = IPAddress.Parse("10.210.0.2");
    private static readonly IPAddress s_gateway = IPAddress.Parse("10.210.0.1");

    [Fact]
    public void Of_ContainerInANetwork_KnowsItselfByItsAddresses() => Assert.Equal(
        DockerLines + "10.210.0.2\tbox\nfd00::2\tbox\n", HostsFile.Of("box", [s_own, IPAddress.Parse("fd00::2")], [], [], s_gateway));

    [Fact]
    public void Of_ContainerInNone_KnowsItselfByLoopback() =>
        Assert.Equal(DockerLines + "127.0.1.1\tbox\n", HostsFile.Of("box", [], [], [], null));

    [Fact]
    public void Of_HostNameWithADomain_HasItsFirstPartToo() =>
        Assert.Equal(DockerLines + "10.210.0.2\tbox.corp.example box\n", HostsFile.Of("box.corp.example", [s_own], [], [], s_gateway));

    [Fact]
    public void Of_ExtraHostsAndLinks_StandBeforeItself() => Assert.Equal(
        DockerLines + "10.0.0.5\tdb\n2001:db8::1\tsix\n10.210.0.1\thost.docker.internal\n10.210.0.9\tsql 0123456789ab postgres\n10.210.0.2\tbox\n",
        HostsFile.Of(
            "box",
            [s_own],
            ["db:10.0.0.5", "six:2001:db8::1", "host.docker.internal:host-gateway"],
            [new ContainerLink("sql", IPAddress.Parse("10.210.0.9"), ["sql", "0123456789ab", "postgres"], [], [])],
            s_gateway));

    [Fact]
    public void Of_HostGatewayWithoutANetwork_IsRefused() => Assert.StartsWith(
        "unable to derive the IP value for host-gateway",
        Assert.Throws<EngineException>(() => HostsFile.Of("box", [], ["h:host-gateway"], [], null)).Message,
        System.StringComparison.Ordinal);

    [Fact]
    public void OfHost_IsTheHostsFileWithTheExtraLines()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "127.0.0.1 localhost\n10.1.1.1 printer");
            Assert.Equal("127.0.0.1 localhost\n10.1.1.1 printer\n10.0.0.5\tdb\n127.0.0.1\tme\n", HostsFile.OfHost(["db:10.0.0.5", "me:host-gateway"], file));
            File.Delete(file);
            Assert.Equal(DockerLines, HostsFile.OfHost([], file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
