using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>Containers on an interface of the host: the drivers macvlan and ipvlan. The host's interface <c>lan</c> has a wire to <c>10.77.0.200</c>.</summary>
public sealed class SubinterfaceTests : NetworkTest
{
    private const string Outside = "10.77.0.200";

    public SubinterfaceTests(TestImages images)
        : base(images)
    {
        OnHost("ip", "link", "add", "lan", "type", "veth", "peer", "name", "wire").Exits(0);
        OnHost("ip", "link", "set", "lan", "up").Exits(0);
        OnHost("ip", "link", "set", "wire", "up").Exits(0);
        OnHost("ip", "address", "add", Outside + "/24", "dev", "wire").Exits(0);
    }

    [Fact]
    public void Macvlan_ContainersReachEachOtherAndTheWire()
    {
        Create("macvlan", "-o", "parent=lan");
        string id = Detached("web", "sleep 600");
        Assert.Equal("02:42:0a:4d:00:01", Run("inspect", "-f", "{{.NetworkSettings.Networks.app.MacAddress}}", "web").Output);
        string[] lines = Exec($"cat /sys/class/net/eth0/address; ip route | grep default; {Ping(Outside)}; {Ping("10.77.0.1")}").Lines;
        Assert.Equal(["02:42:0a:4d:00:02", $"default via {Outside} dev eth0 ", "reached", "reached"], lines);
        Assert.Equal("web", Run("network", "inspect", "-f", $"{{{{(index .Containers \"{id}\").Name}}}}", "app").Output);

        Run("rm", "-f", "web").Exits(0);
        Assert.Empty(Leases());
        Run("network", "rm", "app").Exits(0);
        Assert.Equal(["lan", "lo", "wire"], Interfaces().Order());
    }

    [Fact]
    public void Macvlan_HostHasAnInterfaceOfTheSameName_IsNoMatter()
    {
        OnHost("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1").Exits(0);
        Create("macvlan", "-o", "parent=lan");

        Assert.Equal(["02:42:0a:4d:00:01", "reached"], Exec($"cat /sys/class/net/eth0/address; {Ping(Outside)}").Lines);
    }

    [Fact]
    public void Macvlan_OfModePrivate_ReachesTheWireAndNoOtherContainer()
    {
        Create("macvlan", "-o", "parent=lan", "-o", "macvlan_mode=private", "-o", "com.docker.network.driver.mtu=1300");
        Detached("web", "sleep 600");

        Assert.Equal(["1300", "reached", "not reached"], Exec($"cat /sys/class/net/eth0/mtu; {Ping(Outside)}; {Ping("10.77.0.1", seconds: 2)}").Lines);
    }

    [Fact]
    public void Macvlan_WithoutIPv6_BelievesNoRouter()
    {
        const string settings = "/proc/sys/net/ipv6/conf/eth0/disable_ipv6";
        Create("macvlan", "-o", "parent=lan");
        Run("network", "create", "-d", "macvlan", "--ipv6", "--subnet", "10.78.0.0/24", "--subnet", "fd00:78::/64", "-o", "parent=lan", "six").Exits(0);
        Assert.Equal("1", Exec($"cat {settings}").Output);
        CommandResult six = NetworkCommand(
            "exec", "--no-workspace", "--network", "six", Images.Busybox, "--", "sh", "-c", $"cat {settings}; ip -6 -o address show eth0 scope global").Run();
        Assert.Matches("^0\n.* fd00:78::2/64 ", six.Output);
        Assert.Equal(["0"], OnHost("cat", "/proc/sys/net/ipv6/conf/lan/disable_ipv6").Lines);
    }

    [Fact]
    public void Macvlan_WithoutAParent_LeadsNowhere()
    {
        Run("network", "create", "-d", "macvlan", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Assert.Equal("true macvlan", Run("network", "inspect", "-f", "{{.Internal}} {{.Driver}}", "app").Output);
        Detached("web", "sleep 600");

        Assert.Equal(["reached", "not reached", "[]"], Exec($"{Ping("10.77.0.2")}; {Ping(Outside, seconds: 2)}; echo \"[$(ip route | grep default)]\"").Lines);

        Assert.Contains(Interfaces(), static name => name.StartsWith("dm-", StringComparison.Ordinal));
        Run("network", "rm", "app").FailsWith(1, "has active endpoints");
        Run("rm", "-f", "web").Exits(0);
        Run("network", "rm", "app").Exits(0);
        Assert.Equal(["lan", "lo", "wire"], Interfaces().Order());
    }

    [Fact]
    public void Connect_ARunningContainer_HasTheInterfaceUntilItIsDisconnected()
    {
        Create("macvlan", "-o", "parent=lan");
        Run("run", "-d", "--name", "web", "--network", "bridge", Images.Busybox, "sleep", "600").Exits(0);
        const string script = "ip -4 -o address show up scope global | cut -d ' ' -f 2";

        Run("network", "connect", "app", "web").Exits(0);
        Assert.Equal(["eth0", "eth1"], Run("exec", "web", "sh", "-c", script).Lines);
        Assert.Equal("reached", Run("exec", "web", "sh", "-c", Ping(Outside)).Output);

        Run("network", "disconnect", "app", "web").Exits(0);
        Assert.Equal(["eth0"], Run("exec", "web", "sh", "-c", script).Lines);
        Run("network", "rm", "app").Exits(0);
    }

    [Fact]
    public void Ipvlan_SharesTheHardwareAddress_OrTheKernelHasNone()
    {
        Create("ipvlan", "-o", "parent=lan");
        CommandResult result = NetworkCommand(
            "exec", "--no-workspace", "--network", "app", Images.Busybox, "--", "sh", "-c", $"cat /sys/class/net/eth0/address; {Ping(Outside)}").Run();
        if (result.ExitCode == 0)
        {
            Assert.Equal([OnHost("cat", "/sys/class/net/lan/address").Output, "reached"], result.Lines);
            NetworkCommand("exec", "--network", "app:mac-address=02:42:00:00:00:01", Images.Busybox, "--", "true").Run()
                .FailsWith(125, "ipvlan interfaces do not support custom mac address assignment");
        }
        else
        {
            result.FailsWith(125, "network app: this kernel cannot make interfaces of the kind ipvlan");
        }

        Assert.Empty(Leases());
    }

    [Fact]
    public void Vlan_OfTheParent_IsMadeAndRemoved_OrTheKernelHasNone()
    {
        Create("macvlan", "-o", "parent=lan.10");
        CommandResult result = NetworkCommand("exec", "--no-workspace", "--network", "app", Images.Busybox, "--", "true").Run();
        if (result.ExitCode == 0)
        {
            Assert.Contains("lan.10", Interfaces());
        }
        else
        {
            result.FailsWith(125, "network app: this kernel cannot make interfaces of the kind vlan");
        }

        Run("network", "rm", "app").Exits(0);
        Assert.Equal(["lan", "lo", "wire"], Interfaces().Order());
    }

    [Theory]
    [InlineData("macvlan", "parent=lo", "loopback interface is not a valid macvlan parent link")]
    [InlineData("ipvlan", "parent=nosuch0", "parent interface nosuch0 is not on the host")]
    [InlineData("macvlan", "parent=nosuch.10", "failed to find master interface nosuch on the host")]
    [InlineData("macvlan", "parent=lan.4095", "parent interface lan.4095 is not on the host")]
    [InlineData("macvlan", "macvlan_mode=odd", "requested macvlan mode 'odd' is not valid")]
    [InlineData("ipvlan", "ipvlan_mode=l4", "requested ipvlan mode 'l4' is not valid")]
    [InlineData("ipvlan", "macvlan_mode=bridge", "invalid option \"macvlan_mode\": the driver ipvlan has no such option")]
    [InlineData("overlay", "parent=lan", "network driver overlay is not available")]
    public void Create_WhatCannotBe_IsRefused(string driver, string option, string error)
    {
        Run("network", "create", "-d", driver, "-o", option, "app").FailsWith(1, error);
        Assert.Equal("", Run("network", "ls", "-q", "--filter", "name=app").Output);
    }

    [Fact]
    public void Create_InternalWithAParent_IsRefused() =>
        Run("network", "create", "-d", "macvlan", "--internal", "-o", "parent=lan", "app").FailsWith(1, "an internal network cannot have a parent interface");

    [Fact]
    public void Run_WhoseParentHasGone_Fails_AndLeavesNothing()
    {
        Create("macvlan", "-o", "parent=lan");
        OnHost("ip", "link", "delete", "lan").Exits(0);

        NetworkCommand("exec", "--no-workspace", "--network", "app", Images.Busybox, "--", "true").Run()
            .FailsWith(125, "parent interface lan is not on the host");
        Assert.Empty(Leases());
    }

    private static string Ping(string address, int seconds = 20) =>
        $"ping -c 1 -w {seconds} {address} >/dev/null 2>&1 && echo reached || echo not reached";

    private void Create(string driver, params IReadOnlyList<string> options) =>
        Run(["network", "create", "-d", driver, "--subnet", "10.77.0.0/24", "--gateway", Outside, .. options, "app"]).Exits(0);

    private string Detached(string name, string script)
    {
        CommandResult result = Run("run", "-d", "--name", name, "--network", "app", Images.Busybox, "sh", "-c", script);
        result.Exits(0);
        return result.Output;
    }

    private CommandResult Exec(string script)
    {
        CommandResult result = NetworkCommand("exec", "--no-workspace", "--network", "app", Images.Busybox, "--", "sh", "-c", script).Run();
        result.Exits(0);
        return result;
    }
}
