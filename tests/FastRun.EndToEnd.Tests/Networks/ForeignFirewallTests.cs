using System;
using System.Diagnostics;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>
/// Hosts whose own firewall drops what is forwarded: what is in the way is named, what is said to help does, and where the firewall
/// lets the network through nothing is said.
/// </summary>
public sealed class ForeignFirewallTests(TestImages images) : NetworkTest(images)
{
    private const string Bridge = "lab0";
    private const string Remedy = "To let them through: ";
    private const string Ping = "ping -c 1 -w 3 192.0.2.2 >/dev/null && echo reached || echo cut";

    private Process? _daemon;

    [Theory]
    [InlineData("nft", "the chain forward of the nftables table inet fw", "nft insert rule inet fw forward iifname lab0 accept; nft insert rule inet fw forward oifname lab0 accept")]
    [InlineData("iptables", "the chain FORWARD of the nftables table ip filter", "iptables -I FORWARD -i lab0 -j ACCEPT; iptables -I FORWARD -o lab0 -j ACCEPT")]
    [InlineData("nft-last-rule", "the chain forward of the nftables table inet fw", "nft insert rule inet fw forward iifname lab0 accept; nft insert rule inet fw forward oifname lab0 accept")]
    [InlineData("iptables-last-rule", "the chain FORWARD of the nftables table ip filter", "iptables -I FORWARD -i lab0 -j ACCEPT; iptables -I FORWARD -o lab0 -j ACCEPT")]
    [InlineData("iptables-legacy-last-rule", "the chain FORWARD of ip_tables' table filter", "iptables-legacy -I FORWARD -i lab0 -j ACCEPT; iptables-legacy -I FORWARD -o lab0 -j ACCEPT")]
    [InlineData("iptables-legacy", "the chain FORWARD of ip_tables' table filter", "iptables-legacy -I FORWARD -i lab0 -j ACCEPT; iptables-legacy -I FORWARD -o lab0 -j ACCEPT")]
    [InlineData("dockerd", "the chain FORWARD of the nftables table ip filter", "iptables -I DOCKER-USER -i lab0 -j ACCEPT; iptables -I DOCKER-USER -o lab0 -j ACCEPT")]
    public void FirewallThatDrops_IsNamed_AndItsRemedyHelps(string kind, string chain, string remedy)
    {
        Assert.SkipUnless(kind != "dockerd" || File.Exists("/usr/sbin/dockerd"), "needs docker.io");
        ConnectWorld();
        switch (kind)
        {
            case "nft":
                OnHost("nft", "table inet fw { chain forward { type filter hook forward priority 0; policy drop; ct state established accept; }; }").Exits(0);
                break;
            case "nft-last-rule":
                // As firewalld has it.
                OnHost(
                    "nft",
                    "table inet fw { chain last { reject with icmpx admin-prohibited; }; chain forward { type filter hook forward priority 0; policy accept; ct state established accept; counter jump last; }; }").Exits(0);
                break;
            case "iptables-last-rule" or "iptables-legacy-last-rule":
                string program = kind[..^"-last-rule".Length];
                OnHost(program, "-N", "last").Exits(0);
                OnHost(program, "-A", "last", "-j", "REJECT").Exits(0);
                OnHost(program, "-A", "FORWARD", "-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT").Exits(0);
                OnHost(program, "-A", "FORWARD", "-j", "last").Exits(0);
                break;
            case "dockerd":
                StartDockerd();
                break;
            default:
                OnHost(kind, "-P", "FORWARD", "DROP").Exits(0);
                break;
        }

        Run("network", "create", "-o", "com.docker.network.bridge.name=" + Bridge, "app").Exits(0);
        CommandResult first = Run("exec", "--network", "app", Images.Busybox, "--", "sh", "-c", Ping).Exits(0);
        Assert.Equal("cut", first.Output);
        string warning = Assert.Single(first.Stderr.Split('\n'), static line => line.StartsWith("WARNING: network app: ", StringComparison.Ordinal));
        Assert.Contains(chain + " drops what it does not accept", warning);
        Assert.Equal(remedy, warning[(warning.IndexOf(Remedy, StringComparison.Ordinal) + Remedy.Length)..]);
        Assert.Contains(warning, Run("info").Exits(0).Lines);
        CommandResult published = Run("run", "-d", "--name", "web", "--network", "app", "-p", "8080:80", Images.Busybox, "sh", "-c", "mkdir /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www").Exits(0);
        Assert.Contains(warning, published.Stderr);

        OnHost("sh", "-c", remedy).Exits(0);
        Assert.Equal("reached", Run("exec", "web", "sh", "-c", Ping).Exits(0).Output);
        const string client = "import urllib.request; print(urllib.request.urlopen('http://192.0.2.1:8080/', timeout=60).read().decode())";
        Assert.True(Processes.Eventually(() => InWorld("python3", "-c", client) is { ExitCode: 0, Output: "hello" }));
        Assert.DoesNotContain("WARNING", Run("info").Exits(0).Output);
        Assert.Equal("", Run("run", "-d", "--network", "app", "-p", "8081:80", Images.Busybox, "true").Exits(0).Stderr);
    }

    [Theory]
    [InlineData("iifname lab0 accept; oifname lab0 accept")]
    [InlineData("iifname \"lab*\" accept; oifname \"lab*\" accept")]
    [InlineData("iifname { lab0, wan9 } accept; oifname { lab0, wan9 } accept")]
    public void FirewallThatLetsTheBridgeThrough_IsInNobodysWay(string rules)
    {
        ConnectWorld();
        OnHost("nft", $"table inet fw {{ chain forward {{ type filter hook forward priority 0; policy drop; {rules}; }}; }}").Exits(0);
        Run("network", "create", "-o", "com.docker.network.bridge.name=" + Bridge, "app").Exits(0);
        CommandResult result = Run("exec", "--network", "app", Images.Busybox, "--", "sh", "-c", Ping).Exits(0);
        Assert.Equal(("reached", ""), (result.Output, result.Stderr));
    }

    [Theory]
    [InlineData("nft", "table inet fw { chain forward { type filter hook forward priority 0; policy drop; accept; }; }")]
    [InlineData("nft", "table inet fw { chain forward { type filter hook forward priority 0; policy accept; tcp dport 25 drop; iifname wan9 drop; ct state invalid drop; }; }")]
    [InlineData("iptables-legacy", "-A FORWARD -p tcp --dport 25 -j DROP")]
    public void FirewallThatDropsOnlySome_IsInNobodysWay(string program, string rules)
    {
        ConnectWorld();
        OnHost(program, program == "nft" ? [rules] : rules.Split(' ')).Exits(0);
        Run("network", "create", "-o", "com.docker.network.bridge.name=" + Bridge, "app").Exits(0);
        CommandResult result = Run("exec", "--network", "app", Images.Busybox, "--", "sh", "-c", Ping).Exits(0);
        Assert.Equal(("reached", ""), (result.Output, result.Stderr));
    }

    [Fact]
    public void LegacyFirewallOfIPv6ThatDrops_IsNamed_ForNetworksWithIPv6()
    {
        OnHost("ip6tables-legacy", "-P", "FORWARD", "DROP").Exits(0);
        Run("network", "create", "plain").Exits(0);
        Assert.Equal("", Run("exec", "--network", "plain", Images.Busybox, "--", "true").Exits(0).Stderr);

        Run("network", "create", "--ipv6", "-o", "com.docker.network.bridge.name=" + Bridge, "app").Exits(0);
        string warning = Run("exec", "--network", "app", Images.Busybox, "--", "true").Exits(0).Stderr;
        Assert.Contains("the chain FORWARD of ip6_tables' table filter drops what it does not accept", warning, StringComparison.Ordinal);
        Assert.EndsWith(
            "To let them through: ip6tables-legacy -I FORWARD -i lab0 -j ACCEPT; ip6tables-legacy -I FORWARD -o lab0 -j ACCEPT", warning.TrimEnd(), StringComparison.Ordinal);
        OnHost("sh", "-c", warning.TrimEnd()[(warning.IndexOf(Remedy, StringComparison.Ordinal) + Remedy.Length)..]).Exits(0);
        Assert.DoesNotContain("WARNING", Run("info").Exits(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_AreSaid_ByStartRestartConnectAndDisconnectToo()
    {
        OnHost("nft", "table inet fw { chain forward { type filter hook forward priority 0; policy drop; }; }").Exits(0);
        Run("network", "create", "app").Exits(0);
        Run("network", "create", "back").Exits(0);
        Run("create", "--name", "web", "--network", "app", "-p", "8080:80", Images.Busybox, "sleep", "600").Exits(0);
        Assert.Contains("WARNING: network app: ", Run("start", "web").Exits(0).Stderr, StringComparison.Ordinal);
        Assert.Contains("WARNING: network app: ", Run("restart", "-t", "0", "web").Exits(0).Stderr, StringComparison.Ordinal);

        // The bridge is made; the ports stay where they are.
        Assert.StartsWith("WARNING: network back: ", Run("network", "connect", "back", "web").Exits(0).Stderr, StringComparison.Ordinal);

        // The ports move there.
        Assert.StartsWith("WARNING: network back: ", Run("network", "disconnect", "app", "web").Exits(0).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void InternalNetwork_IsNotWarnedAbout()
    {
        OnHost("nft", "table inet fw { chain forward { type filter hook forward priority 0; policy drop; }; }").Exits(0);
        Run("network", "create", "--internal", "inner").Exits(0);
        Assert.Equal("", Run("exec", "--network", "inner", Images.Busybox, "--", "true").Exits(0).Stderr);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _daemon is not null)
        {
            Command.Run("kill", _daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _daemon.WaitForExit();
            _daemon.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A Docker daemon in the host's namespace, with all that it keeps in this test's directory. It turns forwarding on itself, and then drops.</summary>
    private void StartDockerd()
    {
        OnHost("sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward").Exits(0);
        string top = Roots.NewDirectory("docker");
        _daemon = HostCommand(
            "unshare", "--mount", "sh", "-c",
            $"""
            test ! -d /etc/docker || mount -t tmpfs none /etc/docker
            exec dockerd --data-root {top}/data --exec-root {top}/exec --pidfile {top}/pid -H unix://{top}/socket --storage-driver vfs --bip 10.250.0.1/24 >{top}/log 2>&1
            """).Start();
        Assert.True(
            Processes.Eventually(() => OnHost("iptables", "-S", "FORWARD").Output.Contains("-P FORWARD DROP", StringComparison.Ordinal)
                && OnHost("iptables", "-S", "DOCKER-USER").ExitCode == 0 && File.ReadAllText(top + "/log").Contains("API listen on", StringComparison.Ordinal)),
            File.Exists(top + "/log") ? File.ReadAllText(top + "/log") : "");
    }
}
