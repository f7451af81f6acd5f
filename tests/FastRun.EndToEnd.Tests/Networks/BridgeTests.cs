using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>Containers in bridge networks: what they have, whom they reach, and what is left of them.</summary>
public sealed class BridgeTests(TestImages images) : NetworkTest(images)
{
    [Fact]
    public void Exec_OnTheBridge_HasAnAddressAndReachesTheHost()
    {
        CommandResult result = ExecOn(["--network", "bridge"], "ip -4 -o address show eth0; ip route; cat /sys/class/net/eth0/address; tail -n 1 /etc/hosts; ping -c 1 -w 10 10.210.0.1");
        Assert.Contains("inet 10.210.0.2/24 brd 10.210.0.255 scope global eth0", result.Output, StringComparison.Ordinal);
        Assert.Contains("default via 10.210.0.1 dev eth0", result.Output, StringComparison.Ordinal);
        Assert.Contains("\n02:42:0a:d2:00:02\n10.210.0.2\t", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 packets received", result.Output, StringComparison.Ordinal);
        Assert.Empty(Leases());
        Assert.True(Processes.Eventually(() => Interfaces() is ["lo", ['f', 'r', '-', ..]]));
    }

    [Fact]
    public void Exec_ThatAsksForNoNetwork_IsOnTheBridge_UnlessTheConfigurationSaysOtherwise()
    {
        Assert.Equal("eth0\nlo", InterfacesOfDefault("""{}""", null));
        Assert.Equal("lo", InterfacesOfDefault("""{"defaultNetwork": "none"}""", null));
        Assert.Equal("lo", InterfacesOfDefault("""{"defaultNetwork": "bridge"}""", "none"));
    }

    [Fact]
    public void Exec_OnTheBridge_HasNoIPv6OfItsOwn_AndTheBridgeBelievesNobody()
    {
        Assert.Equal("", ExecOn(["--network", "bridge"], "ip -6 -o address show eth0").Output);
        string bridge = Interfaces().First(static name => name.StartsWith("fr-", StringComparison.Ordinal));
        Assert.Equal(
            ["0", "1", "0"],
            OnHost("cat", $"/proc/sys/net/ipv6/conf/{bridge}/accept_ra", $"/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6", $"/proc/sys/net/ipv4/conf/{bridge}/route_localnet").Lines);
    }

    [Fact]
    public void LinkLocalAddress_IsTheContainersOwn_UntilItEnds()
    {
        Run("network", "create", "--subnet", "10.78.0.0/24", "app").Exits(0);
        Detached("one", ["--network", "app", "--link-local-ip", "169.254.7.1"], "sleep 600");
        Detached("two", ["--network", "name=app,link-local-ip=169.254.7.2"], "sleep 600");
        Assert.Contains("inet 169.254.7.1/16", Run("exec", "one", "ip", "address", "show", "eth0").Exits(0).Output);
        Run("exec", "one", "ping", "-c", "1", "-w", "20", "169.254.7.2").Exits(0);
        Assert.Equal(
            """["169.254.7.1"]""", Run("inspect", "--format", "{{json .NetworkSettings.Networks.app.IPAMConfig.LinkLocalIPs}}", "one").Exits(0).Output);

        Run("rm", "-f", "one", "two").Exits(0);
        Assert.DoesNotContain("169.254", OnHost("nft", "list", "ruleset").Output);
    }

    [Fact]
    public void GatewayOfARange_IsItsFirstAddress()
    {
        Run("network", "create", "--subnet", "10.79.0.0/16", "--ip-range", "10.79.5.0/24", "app").Exits(0);
        Assert.Equal("10.79.5.0", Run("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", "app").Exits(0).Output);
        Assert.Contains("default via 10.79.5.0", ExecOn(["--network", "app"], "ip route; ping -c 1 -w 20 10.79.5.0").Output);
    }

    [Fact]
    public void Containers_OfOneNetwork_ReachEachOther_OfTwoOnlyByTheHost()
    {
        Run("network", "create", "--ipv6", "--subnet", "10.77.0.0/24", "--subnet", "fd00:77::/64", "app").Exits(0);
        Detached("web", ["--network", "app:ip=10.77.0.80,ip6=fd00:77::80,mac-address=02:42:0a:4d:00:99"], "echo hello | nc -l -p 8080; echo hello | nc -l -p 8080; sleep 600");
        Assert.Equal("hello", Fetch("app", "10.77.0.80"));
        Assert.Equal("hello", Fetch("app", "fd00:77::80"));
        Assert.Equal("02:42:0a:4d:00:99", Run("exec", "web", "cat", "/sys/class/net/eth0/address").Output);
    }

    [Fact]
    public void Outside_IsReachedWithTheHostsAddress_FromNetworksThatMay()
    {
        ConnectWorld();
        Run("network", "create", "app").Exits(0);
        Run("network", "create", "-o", "com.docker.network.bridge.enable_ip_masquerade=false", "routed").Exits(0);
        Run("network", "create", "--internal", "inner").Exits(0);
        string ping = Ping("192.0.2.2");
        Assert.Equal("reached", ExecOn(["--network", "bridge"], ping).Output);
        Assert.Equal("reached", ExecOn(["--network", "app"], ping).Output);

        // The world knows no way back to the container's own address.
        Assert.Equal("not", ExecOn(["--network", "routed"], ping).Output);
        Assert.Equal("not", ExecOn(["--network", "inner"], "ip route add default via $(ip route | cut -d . -f 1-3 | head -n 1).1; " + ping).Output);
    }

    [Fact]
    public void Networks_AreApart_AndContainersWhereTheyAreToBe()
    {
        Run("network", "create", "--subnet", "10.76.0.0/24", "one").Exits(0);
        Run("network", "create", "--subnet", "10.77.0.0/24", "two").Exits(0);
        Run("network", "create", "--subnet", "10.78.0.0/24", "-o", "com.docker.network.bridge.enable_icc=false", "apart").Exits(0);
        Detached("first", ["--network", "one"], "sleep 600");
        Detached("second", ["--network", "apart"], "sleep 600");
        Assert.Equal("reached", ExecOn(["--network", "one"], Ping("10.76.0.2")).Output);
        Assert.Equal("not", ExecOn(["--network", "two"], Ping("10.76.0.2")).Output);
        Assert.Equal("not", ExecOn(["--network", "apart"], Ping("10.78.0.2")).Output);
        Assert.Equal("reached", ExecOn(["--network", "apart"], Ping("10.78.0.1")).Output);
    }

    [Fact]
    public void AddressOfAnother_IsOfNoUse()
    {
        Run("network", "create", "--subnet", "10.76.0.0/24", "one").Exits(0);
        Assert.Equal("reached", ExecOn(["--network", "one"], Ping("10.76.0.1")).Output);
        Assert.Equal("not", ExecOn(["--network", "one", "--cap-add", "NET_ADMIN"], "ip address flush dev eth0; ip address add 10.76.0.77/24 dev eth0; " + Ping("10.76.0.1")).Output);
    }

    [Fact]
    public void Firewall_ThatWasFlushed_IsMadeAgainByTheNextStart()
    {
        ConnectWorld();
        Detached("web", ["--network", "bridge"], "sleep 600");
        OnHost("nft", "flush", "ruleset").Exits(0);
        Assert.Equal("reached", ExecOn(["--network", "bridge"], Ping("192.0.2.2")).Output);
        Assert.Equal("reached", Run("exec", "web", "sh", "-c", Ping("192.0.2.2")).Output);
    }

    [Fact]
    public void Internal_HasNoWayOut()
    {
        Run("network", "create", "--internal", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Assert.Equal("10.77.0.0/24 dev eth0 scope link  src 10.77.0.2", ExecOn(["--network", "app"], "ip route").Output.Trim());
    }

    [Fact]
    public void SeveralNetworks_AreSeveralInterfaces_AndOneWayOut()
    {
        Run("network", "create", "--internal", "--subnet", "10.76.0.0/24", "back").Exits(0);
        Run("network", "create", "--subnet", "10.77.0.0/24", "front").Exits(0);
        string[] lines = ExecOn(["--network", "back", "--network", "front"], "ip -4 -o address | cut -d ' ' -f 2,7; ip route | grep default").Lines;
        Assert.Equal(["lo 127.0.0.1/8", "eth0 10.76.0.2/24", "eth1 10.77.0.2/24", "default via 10.77.0.1 dev eth1 "], lines.Select(static line => line.Replace("  ", " ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Inspect_ShowsTheEndpoint_WhileItRuns()
    {
        string network = Run("network", "create", "--subnet", "10.77.0.0/24", "app").Output;
        string id = Detached("web", ["--network", "app", "--network-alias", "www"], "sleep 600");
        JsonNode endpoint = JsonNode.Parse(Run("inspect", "-f", "{{json .NetworkSettings.Networks}}", "web").Output)!["app"]!;
        Assert.Equal(network, (string?)endpoint["NetworkID"]);
        Assert.Equal(("10.77.0.2", 24, "10.77.0.1", "02:42:0a:4d:00:02"), ((string?)endpoint["IPAddress"], (int)endpoint["IPPrefixLen"]!, (string?)endpoint["Gateway"], (string?)endpoint["MacAddress"]));
        Assert.Equal($"[\"web\",\"www\",\"{id[..12]}\"]", endpoint["DNSNames"]!.ToJsonString());
        Assert.Equal("app", Run("ps", "--filter", "network=app", "--format", "{{.Networks}}").Output);
        Assert.Equal("app", Run("ps", "--filter", "network=" + network, "--format", "{{.Networks}}").Output);
        Assert.Equal("app", Run("ps", "--filter", "network=" + network[..12], "--format", "{{.Networks}}").Output);
        JsonNode member = JsonNode.Parse(Run("network", "inspect", "-f", "{{json .Containers}}", "app").Output)![id]!;
        Assert.Equal(("web", "10.77.0.2/24", (string?)endpoint["EndpointID"]), ((string?)member["Name"], (string?)member["IPv4Address"], (string?)member["EndpointID"]));

        Run("stop", "-t", "0", "web").Exits(0);
        Assert.Equal("", Run("inspect", "-f", "{{.NetworkSettings.Networks.app.IPAddress}}", "web").Output);
        Run("start", "web").Exits(0);
        Assert.Equal("10.77.0.2", Run("inspect", "-f", "{{.NetworkSettings.Networks.app.IPAddress}}", "web").Output);
    }

    [Fact]
    public void ContainerMode_SharesTheNetwork()
    {
        Detached("web", ["--network", "bridge"], "sleep 600");
        string theirs = Run("exec", "web", "sh", "-c", "hostname; readlink /proc/self/ns/net; ip -4 -o address show eth0").Output;
        Assert.Equal(theirs, ExecOn(["--network", "container:web"], "hostname; readlink /proc/self/ns/net; ip -4 -o address show eth0").Output);
        Run("stop", "-t", "0", "web").Exits(0);
        NetworkCommand("exec", "--no-workspace", "--network", "container:web", Images.Busybox, "--", "true").Run()
            .FailsWith(125, "cannot join network namespace of a non running container");
    }

    [Fact]
    public void Connect_Running_HasItAtOnce_AndAfterARestart()
    {
        Run("network", "create", "--subnet", "10.76.0.0/24", "back").Exits(0);
        Run("network", "create", "--subnet", "10.77.0.0/24", "front").Exits(0);
        Detached("web", ["--network", "back"], "sleep 600");
        Run("network", "connect", "--ip", "10.77.0.50", "front", "web").Exits(0);
        const string script = "ip -4 -o address show up scope global | cut -d ' ' -f 2,7; ip route | grep default | cut -d ' ' -f 1-5";
        string[] both = ["eth0 10.76.0.2/24", "eth1 10.77.0.50/24", "default via 10.76.0.1 dev eth0"];
        Assert.Equal(both, Run("exec", "web", "sh", "-c", script).Lines);
        Run("network", "connect", "front", "web").FailsWith(1, "endpoint with name web already exists in network front");
        Run("network", "connect", "host", "web").FailsWith(1, "container cannot be disconnected from host network or connected to host network");

        Run("restart", "-t", "0", "web").Exits(0);
        Assert.Equal(both, Run("exec", "web", "sh", "-c", script).Lines);

        Run("network", "disconnect", "back", "web").Exits(0);
        Assert.Equal(["eth1 10.77.0.50/24", "default via 10.77.0.1 dev eth1"], Run("exec", "web", "sh", "-c", script).Lines);
        Run("network", "disconnect", "back", "web").FailsWith(1, "is not connected to network back");
        Run("network", "disconnect", "--force", "back", "web").FailsWith(1, "is not connected to network back");
        Run("network", "disconnect", "--force", "back", "nosuch").FailsWith(1, "endpoint nosuch not found");
        Run("network", "rm", "back").Exits(0);

        Run("network", "disconnect", "front", "web").Exits(0);
        Assert.Empty(Leases());
        Run("network", "connect", "front", "web").Exits(0);
        Assert.Equal(["eth0 10.77.0.2/24", "default via 10.77.0.1 dev eth0"], Run("exec", "web", "sh", "-c", script).Lines);
    }

    [Fact]
    public void ManyAtOnce_HaveAddressesOfTheirOwn()
    {
        string[] addresses = new string[24];
        Parallel.For(0, addresses.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Detached($"c{i}", ["--network", "bridge"], "sleep 600");
            addresses[i] = AddressOf($"c{i}");
        });
        Assert.Equal(addresses.Length, addresses.Distinct().Count());
        Run(["rm", "-f", .. Enumerable.Range(0, addresses.Length).Select(static i => $"c{i}")]).Exits(0);
        Assert.Empty(Leases());
        Assert.True(Processes.Eventually(() => Interfaces().Count == 2));
    }

    [Fact]
    public void BridgeThatWasRemoved_IsMadeAgain()
    {
        ExecOn(["--network", "bridge"], "true");
        string bridge = Interfaces().First(static name => name.StartsWith("fr-", StringComparison.Ordinal));
        OnHost("ip", "link", "delete", bridge).Exits(0);
        Assert.Contains("1 packets received", ExecOn(["--network", "bridge"], "ping -c 1 -w 10 10.210.0.1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void KilledAtEveryChange_LeavesNothingThatGcDoesNotFind()
    {
        ExecOn(["--network", "bridge"], "true");
        bool isKilled = true;
        for (int at = 1; isKilled; at++)
        {
            Run("network", "create", "app").Exits(0);
            isKilled = IsKilledAt(at, "exec", "--no-workspace", "--network", "app", "--network", "bridge", Images.Busybox, "--", "true");

            // Whoever comes next is served, and soon with the lowest address: the killed one's watcher may still be letting go of what it inherited.
            Assert.True(Processes.Eventually(
                () => ExecOn(["--network", "bridge"], "ip -4 -o address show eth0").Output.Contains("10.210.0.2/24", StringComparison.Ordinal)));
            Assert.True(Processes.Eventually(() => Run("gc").Exits(0) is not null && Leases().Count == 0 && Roots.Leftovers().Count == 0));
            Run("network", "rm", "app").Exits(0);
        }

        Assert.True(Processes.Eventually(() => Interfaces().Count == 2));
    }

    private string InterfacesOfDefault(string configuration, string? variable)
    {
        Roots.NewFile("config/fastrun/config.json", configuration);
        return (NetworkCommand("exec", "--no-workspace", Images.Busybox, "--", "ls", "/sys/class/net") with
        {
            Environment = new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = Roots.Top + "/config", ["FASTRUN_DEFAULT_NETWORK"] = variable },
        }).Run().Output;
    }

    [Fact]
    public void CreateAndRemove_KilledAtEveryChange_AreFinishedByTheNext()
    {
        Run("network", "ls").Exits(0);
        for (int at = 1; IsKilledAt(at, "network", "create", "--subnet", "10.76.0.0/24", "app"); at++)
        {
            Run("gc").Exits(0);
            Run("network", "rm", "--force", "app").Exits(0);
            Assert.Single(Directory.GetFiles(Path.Combine(Roots.Data, "networks"), "*.json"));
            Assert.Single(Directory.GetFileSystemEntries(Path.Combine(Roots.Data, "networks", "_names")));
        }

        ExecOn(["--network", "app"], "true");
        for (int at = 1; IsKilledAt(at, "network", "rm", "app"); at++)
        {
            Run("network", "rm", "--force", "app").Exits(0);
            Run("gc").Exits(0);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Roots.Run, "networks")));
            Assert.Single(Directory.GetFiles(Path.Combine(Roots.Data, "networks"), "*.json"));
            Run("network", "create", "--subnet", "10.76.0.0/24", "app").Exits(0);
            ExecOn(["--network", "app"], "true");
        }

        Assert.True(Processes.Eventually(() => Interfaces() is ["lo"]));
    }

    [Fact]
    public void SupervisorThatIsKilled_FreesItsAddress()
    {
        Detached("web", ["--network", "bridge"], "sleep 600");
        string supervisor = Processes.With(Roots.Top).First(static pid => Processes.CommandLine(pid).Contains(" supervise ", StringComparison.Ordinal)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Command.Run("kill", "-9", supervisor).Exits(0);
        Assert.True(Processes.Eventually(() => Run("ps", "-q").Output.Length == 0));

        // Its first thread may be dead before the last one has let go of the lease.
        Assert.True(Processes.Eventually(
            () => ExecOn(["--network", "bridge"], "ip -4 -o address show eth0").Output.Contains("10.210.0.2/24", StringComparison.Ordinal)));
        Run("start", "web").Exits(0);
        Assert.Equal("10.210.0.2", AddressOf("web"));
    }

    /// <summary>The address that a container's /etc/hosts has for its own name.</summary>
    private string AddressOf(string container) => Run("exec", container, "sh", "-c", "grep \"$(hostname)\" /etc/hosts | cut -f 1").Output;

    private static string Ping(string address) => $"ping -c 1 -w 5 {address} >/dev/null && echo reached || echo not";

    /// <summary>Runs fastrun so that it kills itself before its change of that number; false where it ended before that.</summary>
    private bool IsKilledAt(int change, params string[] arguments)
    {
        Assert.True(change < 400);
        return (NetworkCommand(arguments) with
        {
            Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = change.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        }).Run().ExitCode == 137;
    }

    private CommandResult ExecOn(string[] flags, string script)
    {
        CommandResult result = NetworkCommand(["exec", "--no-workspace", .. flags, Images.Busybox, "--", "sh", "-c", script]).Run();
        return result.Exits(0);
    }

    private string Detached(string name, string[] flags, string script) =>
        Run(["run", "-d", "--name", name, .. flags, Images.Busybox, "sh", "-c", script]).Output;

    private string Fetch(string network, string address) =>
        ExecOn(["--network", network], $"for i in $(seq 200); do nc {address} 8080 </dev/null && exit; sleep 0.1; done; exit 1").Output;
}
