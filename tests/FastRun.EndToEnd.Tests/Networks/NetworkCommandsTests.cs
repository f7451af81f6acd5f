using System;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary><c>fastrun network</c>: what it prints and refuses is Docker's.</summary>
public sealed class NetworkCommandsTests(TestImages images) : NetworkTest(images)
{
    [Fact]
    public void Create_PrintsTheId_ThatListAndInspectShow()
    {
        string id = Run("network", "create", "--subnet", "10.77.0.0/16", "--ip-range", "10.77.3.0/24", "--gateway", "10.77.0.9", "--label", "owner=ci", "app").Output;
        Assert.Equal(64, id.Length);
        Assert.Equal(
            ["NETWORK ID     NAME      DRIVER    SCOPE", $"{id[..12]}   app       bridge    local"],
            Run("network", "ls", "--filter", "name=app").Lines);
        Assert.Equal([id], Run("network", "ls", "-q", "--no-trunc", "--filter", "type=custom").Lines);
        Assert.Equal("app bridge true false", Run("network", "ls", "--filter", "label=owner=ci", "--format", "{{.Name}} {{.Driver}} {{.IPv4}} {{.IPv6}}").Output);
        Assert.Equal(["app", "bridge", "host", "none"], Run("network", "ls", "--format", "{{.Name}}").Lines);

        JsonNode network = JsonNode.Parse(Run("network", "inspect", "app").Output)![0]!;
        Assert.Equal(id, (string?)network["Id"]);
        Assert.Equal("""[{"Subnet":"10.77.0.0/16","IPRange":"10.77.3.0/24","Gateway":"10.77.0.9"}]""", network["IPAM"]!["Config"]!.ToJsonString());
        Assert.Equal("""{"owner":"ci"}""", network["Labels"]!.ToJsonString());
        Assert.Equal("{}", network["Containers"]!.ToJsonString());
        Assert.Equal("10.77.0.9", Run("inspect", "--type", "network", "-f", "{{(index .IPAM.Config 0).Gateway}}", id[..12]).Output);

        Assert.Equal("app", Run("network", "rm", "app").Output);
        Assert.Equal(["bridge", "host", "none"], Run("network", "ls", "--format", "{{.Name}}").Lines);
    }

    [Fact]
    public void Create_AvoidsTheHostsRoutes()
    {
        OnHost("ip", "link", "add", "lan0", "type", "bridge");
        OnHost("ip", "address", "add", "10.210.0.1/23", "dev", "lan0");
        OnHost("ip", "link", "set", "lan0", "up");
        Run("network", "create", "app").Exits(0);
        Assert.Equal("10.210.2.0/24", Run("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "app").Output);
    }

    [Theory]
    [InlineData("network app not found", "network", "rm", "app")]
    [InlineData("network app not found", "network", "inspect", "app")]
    [InlineData("bridge is a pre-defined network and cannot be removed", "network", "rm", "bridge")]
    [InlineData("operation is not permitted on predefined host network", "network", "create", "host")]
    [InlineData("every ip-range or gateway must have a corresponding subnet", "network", "create", "--gateway", "10.1.0.1", "app")]
    [InlineData("no matching subnet for gateway 10.1.0.1", "network", "create", "--subnet", "10.2.0.0/24", "--gateway", "10.1.0.1", "app")]
    [InlineData("invalid subnet 10.2.0.5/24: it should be 10.2.0.0/24", "network", "create", "--subnet", "10.2.0.5/24", "app")]
    [InlineData("network driver weave is not available", "network", "create", "-d", "weave", "app")]
    [InlineData("No such container: web", "network", "connect", "bridge", "web")]
    [InlineData("invalid filter 'colour'", "network", "ls", "--filter", "colour=red")]
    public void Refusals_AreDockers(string message, params string[] arguments) => Run(arguments).FailsWith(1, message);

    [Theory]
    [InlineData("network app not found", "--network", "app")]
    [InlineData("no such container: web", "--network", "container:web")]
    [InlineData("user specified IP address is supported on user defined networks only", "--network", "bridge", "--ip", "10.210.0.9")]
    [InlineData("network-scoped alias is supported only for containers in user defined networks", "--network", "bridge", "--network-alias", "www")]
    [InlineData("conflicting options: cannot attach both user-defined and non-user-defined network-modes", "--network", "app", "--network", "host")]
    [InlineData("network \"app\" is specified multiple times", "--network", "app", "--network", "app")]
    [InlineData("conflicting options: hostname and the network mode", "--network", "container:web", "--hostname", "x")]
    [InlineData("invalid IPv4 address: 10.1", "--network", "app", "--ip", "10.1")]
    public void Exec_WhatCannotBe_IsRefused(string message, params string[] flags) =>
        NetworkCommand(["exec", "--no-workspace", .. flags, Images.Busybox, "--", "true"]).Run().FailsWith(125, message);

    [Fact]
    public void Remove_WithContainersInIt_IsRefused_AndPruneLeavesIt()
    {
        Run("network", "create", "app").Exits(0);
        Run("network", "create", "idle").Exits(0);
        string id = Run("run", "-d", "--name", "web", "--network", "app", Images.Busybox, "sleep", "600").Output;
        Run("network", "rm", "app").FailsWith(1, $"error while removing network: network app has active endpoints (name:\"web\" id:\"{id[..12]}\")");
        Assert.Equal(["Deleted Networks:", "idle"], Run("network", "prune", "--force").Lines);
        Assert.Equal(["app"], Run("network", "ls", "--filter", "type=custom", "--filter", "dangling=false", "--format", "{{.Name}}").Lines);
        Run("rm", "-f", "web").Exits(0);
        Assert.Equal("app", Run("network", "rm", "app").Output);
        Assert.True(Processes.Eventually(() => Interfaces() is ["lo"]));
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(System.IO.Path.Combine(Roots.Run, "networks")));
    }

    [Fact]
    public void Events_AreDockers()
    {
        string id = Run("network", "create", "app").Output;
        string container = Run("run", "-d", "--rm", "--name", "web", "--network", "app", Images.Busybox, "sleep", "600").Output;
        Run("rm", "-f", "web").Exits(0);
        Assert.True(Processes.Eventually(() => Leases().Count == 0));
        Run("network", "rm", "app").Exits(0);
        Assert.Equal(
            [
                $"network create {id} (name=app, type=bridge)",
                $"network connect {id} (container={container}, name=app, type=bridge)",
                $"network disconnect {id} (container={container}, name=app, type=bridge)",
                $"network destroy {id} (name=app, type=bridge)",
            ],
            Run("events", "--since", "0", "--until", "0s", "--filter", "type=network").Lines.Select(static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    [Fact]
    public void Complete_KnowsNetworks()
    {
        Run("network", "create", "app").Exits(0);
        Assert.Equal(["app"], Run(["__complete", "--", .. Roots.Options, "network", "rm", "a"]).Lines);
        Assert.Equal(["app"], Run(["__complete", "--", .. Roots.Options, "run", "--network", "a"]).Lines);
    }
}
