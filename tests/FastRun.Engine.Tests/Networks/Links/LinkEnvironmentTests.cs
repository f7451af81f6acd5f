using System.Net;
using FastRun.Engine.Networks.Links;

namespace FastRun.Engine.Tests.Networks.Links;

public sealed class LinkEnvironmentTests
{
    /// <summary>The example of Docker's own documents ("Legacy container links").</summary>
    [Fact]
    public void Of_OnePort_IsDockersExample() => Assert.Equal(
        [
            "DB_PORT=tcp://172.17.0.5:5432",
            "DB_PORT_5432_TCP=tcp://172.17.0.5:5432",
            "DB_PORT_5432_TCP_ADDR=172.17.0.5",
            "DB_PORT_5432_TCP_PORT=5432",
            "DB_PORT_5432_TCP_PROTO=tcp",
            "DB_NAME=/web2/db",
        ],
        LinkEnvironment.Of(Link("db", ["5432/tcp"]), "web2"));

    [Fact]
    public void Of_NoPorts_IsTheNameAndTheOthersVariables() => Assert.Equal(
        ["MY_DB_NAME=/web/my-db", "MY_DB_ENV_USER=app", "MY_DB_ENV_EMPTY="],
        LinkEnvironment.Of(Link("my-db", [], "PATH=/bin", "HOME=/root", "USER=app", "EMPTY=", "UNSET"), "web"));

    [Fact]
    public void Of_SeveralPorts_TcpComesFirst_AndRangesHaveAStartAndAnEnd() => Assert.Equal(
        [
            "A_PORT=tcp://172.17.0.5:8000",
            "A_PORT_8000_TCP=tcp://172.17.0.5:8000", "A_PORT_8000_TCP_ADDR=172.17.0.5", "A_PORT_8000_TCP_PORT=8000", "A_PORT_8000_TCP_PROTO=tcp",
            "A_PORT_8001_TCP=tcp://172.17.0.5:8001", "A_PORT_8001_TCP_ADDR=172.17.0.5", "A_PORT_8001_TCP_PORT=8001", "A_PORT_8001_TCP_PROTO=tcp",
            "A_PORT_8000_TCP_START=tcp://172.17.0.5:8000", "A_PORT_8000_TCP_PORT_START=8000",
            "A_PORT_8000_TCP_END=tcp://172.17.0.5:8001", "A_PORT_8000_TCP_PORT_END=8001",
            "A_PORT_53_UDP=udp://172.17.0.5:53", "A_PORT_53_UDP_ADDR=172.17.0.5", "A_PORT_53_UDP_PORT=53", "A_PORT_53_UDP_PROTO=udp",
            "A_NAME=/web/a",
        ],
        LinkEnvironment.Of(Link("a", ["53/udp", "8001/tcp", "8000", "8001"]), "web"));

    private static ContainerLink Link(string alias, string[] ports, params string[] environment) =>
        new(alias, IPAddress.Parse("172.17.0.5"), [alias], ports, environment);
}
