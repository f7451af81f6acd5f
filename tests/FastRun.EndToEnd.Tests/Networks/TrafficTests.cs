using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>What <c>stats</c> tells of a container's networks.</summary>
public sealed class TrafficTests(TestImages images) : NetworkTest(images)
{
    [Fact]
    public void Stats_OfAContainerThatTalks_CountBothDirections()
    {
        const string Talk = "while [ $(cat /sys/class/net/eth0/statistics/tx_bytes) -lt 100000 ]; do ping -c 1 -s 20000 -w 60 10.210.0.1; done; echo done; sleep 600";
        Run("run", "-d", "--name", "talks", "--network", "bridge", Images.Busybox, "sh", "-c", Talk).Exits(0);
        Assert.True(Processes.Eventually(() => Run("logs", "talks").Lines is [.., "done"]));

        // Echoes of 20,028 bytes, in fragments with a header each: the last one passed the 100 kB.
        string[] words = Run("stats", "--no-stream", "--format", "{{.NetIO}}", "talks").Output.Split(" / ");
        Assert.Matches("^1[0-9]{2}kB$", words[1]);
        Assert.Matches("^[1-9][0-9.]*kB$", words[0]);
    }

    [Fact]
    public void Stats_WithoutANetworkOfItsOwn_AreNothing()
    {
        Run("run", "-d", "--name", "host", "--network", "host", Images.Busybox, "sleep", "600").Exits(0);
        Run("run", "-d", "--name", "none", "--network", "none", Images.Busybox, "sleep", "600").Exits(0);
        Assert.Equal(["0B / 0B", "0B / 0B"], Run("stats", "--no-stream", "--format", "{{.NetIO}}", "host", "none").Lines);
    }

    [Fact]
    public void Api_EachInterface_IsToldByItself()
    {
        Run("network", "create", "second").Exits(0);
        Run("run", "-d", "--name", "two", "--network", "bridge", "--network", "second", Images.Busybox, "sleep", "600").Exits(0);
        using EngineDaemon daemon = new(Roots, HostCommand);

        System.Text.Json.Nodes.JsonObject networks = System.Text.Json.Nodes.JsonNode.Parse(daemon.Ask("GET", "/containers/two/stats?stream=0&one-shot=1").Body)!["networks"]!.AsObject();
        Assert.Equal(["eth0", "eth1"], System.Linq.Enumerable.Order(System.Linq.Enumerable.Select(networks, static pair => pair.Key)));
        Assert.True(networks["eth1"]!["rx_packets"]!.GetValue<long>() >= 0 && networks["eth1"]!["tx_dropped"] is not null);
    }
}
