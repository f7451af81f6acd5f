using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>
/// <c>--egress</c>: a host with a name server of its own (dnsmasq), and a machine outside, 192.0.2.2, that serves the ports 80 and 81.
/// </summary>
public sealed class EgressTests : NetworkTest
{
    private const string Try = "nc -w 20 192.0.2.2 80 < /dev/null";

    private readonly string _resolvConf;
    private readonly List<Process> _servers = [];

    public EgressTests(TestImages images)
        : base(images)
    {
        _resolvConf = Path.Combine(Roots.Top, "resolv.conf");
        File.WriteAllText(_resolvConf, "nameserver 127.0.0.1\n");
        ConnectWorld();
        _servers.Add(HostCommand(
            "timeout", "900", "dnsmasq", "--no-daemon", "--user=root", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file=", "--listen-address=127.0.0.1",
            "--bind-interfaces", "--address=/example.test/192.0.2.2", "--address=/link.test/169.254.169.254", "--address=/loop.test/127.0.0.1",
            "--address=/host.test/192.0.2.1", "--address=/six.test/2001:db8:2::2", "--address=/gateway.test/10.210.0.1").Start());
        foreach (string port in new[] { "80", "81" })
        {
            _servers.Add(WorldCommand(["timeout", .. Server(port, "outside")]).Start());
        }

        _servers.Add(HostCommand("timeout", Server("22", "host")).Start());
        Assert.True(Processes.Eventually(() => OnHost("dig", "+short", "+tries=1", "+time=1", "@127.0.0.1", "example.test").Stdout.Trim() == "192.0.2.2"));
        Assert.True(Processes.Eventually(() => OnHost("busybox", "nc", "-w", "5", "192.0.2.2", "80").Stdout == "outside\n"));
        Assert.True(Processes.Eventually(() => OnHost("busybox", "nc", "-w", "5", "192.0.2.2", "81").Stdout == "outside\n"));
        Assert.True(Processes.Eventually(() => OnHost("busybox", "nc", "-w", "5", "127.0.0.1", "22").Stdout == "host\n"));
    }

    [Fact]
    public void None_IsRefusedAtOnce_AndTold()
    {
        string report = Path.Combine(Roots.Top, "report.json");
        CommandResult run = Exec(
            ["--network", "bridge", "--egress", "none", "--report", report],
            $"{Try} || echo refused; nc -w 20 10.210.0.1 22 < /dev/null || echo host refused; nslookup example.test || echo unknown");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("refused\nhost refused\n", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("unknown\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("fastrun: egress: refused the name example.test\n", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("fastrun: egress: refused 192.0.2.2:80/tcp, 1 packet\n", run.Stderr, StringComparison.Ordinal);

        JsonElement egress = Report(report);
        Assert.Equal("[]", egress.GetProperty("rules").GetRawText());
        Assert.Equal(["10.210.0.1 22 tcp 1 ", "192.0.2.2 80 tcp 1 "], Refused(egress));
        Assert.Equal("example.test", Assert.Single(egress.GetProperty("refusedNames").EnumerateArray()).GetString());
        Assert.False(egress.GetProperty("partial").GetBoolean());
    }

    [Fact]
    public void All_AndNothingSaid_AreTheSame()
    {
        string report = Path.Combine(Roots.Top, "report.json");
        CommandResult run = Exec(["--network", "bridge", "--egress", "all", "--report", report], Try);
        Assert.Equal("outside\n", run.Stdout);
        Assert.Equal("", run.Stderr);
        Assert.Equal(JsonValueKind.Null, Report(report).ValueKind);
    }

    [Fact]
    public void Names_OpenWhatTheyLeadTo_AndNothingElse()
    {
        string report = Path.Combine(Roots.Top, "report.json");
        CommandResult run = Exec(
            ["--network", "bridge", "--egress", Rules("*.example.test:80/tcp # comment"), "--report", report],
            $"{Try} && echo too early; nc -w 20 a.example.test 80 < /dev/null; nc -w 20 a.example.test 81 < /dev/null || echo port; nc -w 20 example.test 80 < /dev/null || echo name");
        Assert.Equal("outside\nport\nname\n", run.Stdout);
        JsonElement egress = Report(report);
        Assert.Equal(["192.0.2.2 80 tcp 1 a.example.test", "192.0.2.2 81 tcp 1 a.example.test"], Refused(egress));
        Assert.Equal("example.test", Assert.Single(egress.GetProperty("refusedNames").EnumerateArray()).GetString());
    }

    [Fact]
    public void Names_ThatLeadToTheHostOrALink_OpenNothing()
    {
        string report = Path.Combine(Roots.Top, "report.json");
        CommandResult run = Exec(
            ["--network", "bridge", "--egress", Rules("link.test", "loop.test", "host.test", "gateway.test"), "--report", report],
            "for name in link host gateway; do nc -w 20 $name.test 22 < /dev/null && echo open; done; nslookup loop.test | tail -n 2");
        Assert.DoesNotContain("open", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(
            ["10.210.0.1 22 tcp 1 gateway.test", "169.254.169.254 22 tcp 1 link.test", "192.0.2.1 22 tcp 1 host.test"], Refused(Report(report)));

        // An address that is said is meant.
        Assert.Equal("host\n", Exec(["--network", "bridge", "--egress", Rules("gateway.test", "10.210.0.1:22")], "nc -w 20 gateway.test 22 < /dev/null").Stdout);
    }

    [Fact]
    public void IPv6_IsKeptToTheRules_AndTold()
    {
        OnHost("ip", "-6", "address", "add", "2001:db8:2::1/64", "dev", "wan0", "nodad").Exits(0);
        InWorld("ip", "-6", "address", "add", "2001:db8:2::2/64", "dev", "wan0", "nodad").Exits(0);
        Assert.True(Processes.Eventually(() => OnHost("busybox", "nc", "-w", "5", "2001:db8:2::2", "80").Stdout == "outside\n"));
        Fastrun("network", "create", "--ipv6", "--subnet", "10.77.0.0/24", "--subnet", "fd00:77::/64", "job").Exits(0);
        string report = Path.Combine(Roots.Top, "report.json");
        const string script = "nc -w 20 2001:db8:2::2 80 < /dev/null || echo refused; nc -w 20 2001:db8:2::2 81 < /dev/null || echo port; "
            + "nc -w 20 fd00:77::1 22 < /dev/null || echo host; nc -w 20 192.0.2.2 80 < /dev/null || echo IPv4";
        Prints("outside\noutside\nhost\noutside\n", Exec(["--network", "job"], script));

        string[] flags = ["--network", "job", "--report", report, "--egress"];
        CommandResult run = Exec([.. flags, Rules("[2001:db8:2::2]:80/tcp")], script);
        Prints("outside\nport\nhost\nIPv4\n", run);
        Assert.Contains("fastrun: egress: refused [2001:db8:2::2]:81/tcp, 1 packet\n", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.2 80 tcp 1 ", "2001:db8:2::2 81 tcp 1 ", "fd00:77::1 22 tcp 1 "], Refused(Report(report)));

        // A block of the internet's addresses does not mean the host's own.
        Prints("outside\noutside\nhost\nIPv4\n", Exec([.. flags, Rules("[::]/0")], script));
        Prints("outside\nport\n", Exec([.. flags, Rules("six.test:80")], "nc -w 20 six.test 80 < /dev/null; nc -w 20 six.test 81 < /dev/null || echo port"));
        Prints("refused\nport\nhost\nIPv4\n", Exec([.. flags, "none"], script));
    }

    [Fact]
    public void Resolvers_OfOthers_AreNotReached()
    {
        // dnsmasq outside, too: directly, by UDP and TCP, it is as closed as anything.
        _servers.Add(WorldCommand(
            "timeout", "900", "dnsmasq", "--no-daemon", "--user=root", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file=",
            "--address=/example.test/192.0.2.2", "--address=/other.test/192.0.2.2").Start());
        Assert.True(Processes.Eventually(() => OnHost("dig", "+short", "+tries=1", "+time=1", "@192.0.2.2", "example.test").Stdout.Trim() == "192.0.2.2"));
        string rules = Rules("example.test");
        Detached("web", ["--network", "bridge", "--egress", rules, "--dns", "192.0.2.2"], "sleep 600");
        Assert.NotEqual(0, Dig("web", "@192.0.2.2", "example.test").ExitCode);
        Assert.NotEqual(0, Dig("web", "@192.0.2.2", "+tcp", "example.test").ExitCode);

        // With --dns the name server asks there, from the host's network, and for names of the policy only.
        Assert.Equal("192.0.2.2\n", Dig("web", "@127.0.0.11", "+short", "example.test").Stdout);
        Assert.Equal("", Dig("web", "@127.0.0.11", "+short", "+tcp", "other.test").Stdout);
        Assert.Contains("NXDOMAIN", Dig("web", "@127.0.0.11", "-x", "192.0.2.2").Stdout, StringComparison.Ordinal);

        // By now the name has opened the address, with all its ports.
        Assert.Equal("192.0.2.2\n", Dig("web", "@192.0.2.2", "+short", "example.test").Stdout);
    }

    [Fact]
    public void NetAdmin_InTheContainer_ChangesNothing()
    {
        const string script = "ip address add 10.210.0.77/16 dev eth0; ip route add 192.0.2.0/24 via 10.210.0.1 src 10.210.0.77; nc -w 2 192.0.2.2 80 < /dev/null && echo open; "
            + "ip link set eth0 down; ip link set eth0 address 02:42:0a:d2:00:4d; ip link set eth0 up; ip route add 192.0.2.0/24 via 10.210.0.1 src 10.210.0.77; "
            + "nc -w 2 192.0.2.2 80 < /dev/null && echo open; echo end";
        Assert.Equal("end\n", Exec(["--network", "bridge", "--privileged", "--egress", "none"], script).Stdout);
    }

    [Fact]
    public void Neighbours_OnAUserNetwork_AreReachedByName_ButStrangersOnTheBridgeAreNot()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "job").Exits(0);
        Detached("db", ["--network", "job"], "nc -ll -p 5432 -e echo db");
        Detached("stranger", ["--network", "bridge"], "nc -ll -p 5432 -e echo stranger");
        Assert.True(Processes.Eventually(() => Exec(["--network", "job", "--egress", "none"], "nc -w 5 db 5432 < /dev/null").Stdout == "db\n"));
        Assert.True(Processes.Eventually(() => Exec(["--network", "bridge"], "nc -w 5 10.210.0.2 5432 < /dev/null").Stdout == "stranger\n"));
        Assert.Equal("", Exec(["--network", "bridge", "--egress", "none"], "nc -w 20 10.210.0.2 5432 < /dev/null").Stdout);
        Assert.Equal("", Exec(["--network", "bridge", "--egress", Rules("10.0.0.0/8")], "nc -w 20 10.210.0.2 5432 < /dev/null").Stdout);
        Assert.Equal("", Exec(["--network", "job", "--egress", "none"], "nc -w 20 10.210.0.2 5432 < /dev/null").Stdout);
    }

    [Fact]
    public void Detached_HasItsPolicy_ThroughRestartConnectAndTheDeathOfTheNameServer()
    {
        string report = Path.Combine(Roots.Top, "report.json");
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "job").Exits(0);
        Detached("web", ["--network", "bridge", "--egress", Rules("example.test:80"), "--report", report], "sleep 600");
        Assert.Equal("[\"example.test:80\"]", Fastrun("inspect", "-f", "{{json .HostConfig.Egress}}", "web").Output);
        Assert.Equal("outside\n", In("web", "nc -w 20 example.test 80 < /dev/null"));
        Assert.Equal("", In("web", "nc -w 20 192.0.2.2 81 < /dev/null"));

        Fastrun("network", "connect", "job", "web").Exits(0);
        Fastrun("network", "disconnect", "bridge", "web").Exits(0);
        Assert.Equal("", In("web", Try));
        Assert.Equal("outside\n", In("web", "nc -w 20 example.test 80 < /dev/null"));

        int server = Assert.Single(NameServers());
        Command.Output("kill", "-9", $"{server}");
        Assert.True(Processes.Eventually(() => !NameServers().Contains(server)));
        Assert.Equal("", In("web", "nc -w 20 192.0.2.2 81 < /dev/null"));
        Assert.True(Processes.Eventually(() => Fastrun("ps").ExitCode == 0 && In("web", "nc -w 5 example.test 80 < /dev/null") == "outside\n"));
        Assert.Equal("", In("web", "nc -w 20 other.test 80 < /dev/null"));

        Fastrun("restart", "-t", "0", "web").Exits(0);
        Assert.Equal(["192.0.2.2 80 tcp 1 example.test", "192.0.2.2 81 tcp 2 example.test"], Refused(Report(report)));
        Assert.Equal("other.test", Assert.Single(Report(report).GetProperty("refusedNames").EnumerateArray()).GetString());
        Assert.Equal("", In("web", Try));
        Prints("outside\n", Fastrun("exec", "web", "sh", "-c", "nc -w 20 example.test 80 < /dev/null"));
    }

    [Fact]
    public void KilledOwner_LeavesNoPolicyToTheNext_AndNoWayOutToThoseInItsNamespace()
    {
        Detached("first", ["--network", "bridge", "--egress", "none"], "sleep 600");
        Detached("second", ["--network", "container:first"], "sleep 600");
        string first = Fastrun("inspect", "-f", "{{.State.Pid}}", "first").Output;
        string supervisor = File.ReadLines($"/proc/{first}/status").First(static line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
        Command.Run("kill", "-9", supervisor).Exits(0);
        Assert.True(Processes.Eventually(() => Fastrun("inspect", "-f", "{{.State.Running}}", "first").Output == "false"));
        Assert.Equal("", In("second", Try));

        // The address is another's now, which may send anywhere.
        Assert.Equal("outside\n10.210.0.2\n", Exec(["--network", "bridge"], $"{Try}; hostname -i").Stdout);
        Detached("third", ["--network", "bridge"], "sleep 600");
        Assert.Equal("10.210.0.2\n", In("third", "hostname -i"));
        Assert.Equal("", In("second", "nc -w 3 192.0.2.2 80 < /dev/null"));
        Assert.Equal("outside\n", In("third", Try));
        Fastrun("rm", "-f", "first", "second", "third").Exits(0);
        Assert.DoesNotContain("10.210.0.2", OnHost("nft", "list", "table", "inet", EgressTable()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void End_TakesTheNetworkFromThoseWhoShareIt()
    {
        Detached("first", ["--network", "bridge", "--egress", Rules("192.0.2.2")], "sleep 600");
        Detached("second", ["--network", "container:first"], "sleep 600");
        Assert.Equal("outside\n", In("second", Try));
        Fastrun("stop", "-t", "0", "first").Exits(0);
        Assert.Equal("", In("second", "nc -w 3 192.0.2.2 80 < /dev/null"));
    }

    [Fact]
    public void WhatCannotBe_IsAnError()
    {
        Detached("other", ["--network", "bridge"], "sleep 600");
        Exec(["--network", "host", "--egress", "none"], "true").FailsWith(125, "conflicting options: egress and host network mode");
        Exec(["--network", "container:other", "--egress", "none"], "true").FailsWith(125, "conflicting options: egress and container type networking");
        Exec(["--egress", Path.Combine(Roots.Top, "absent")], "true").FailsWith(125, "No such file or directory");
        Exec(["--egress", Rules("10.0.0.1/8")], "true").FailsWith(125, "line 1: egress rule '10.0.0.1/8': it should be 10.0.0.0/8");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Process server in _servers)
            {
                server.Kill(entireProcessTree: true);
                server.WaitForExit();
                server.Dispose();
            }

            foreach (string id in Fastrun("ps", "-aq").Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _ = Fastrun("rm", "-f", id);
            }

            Assert.True(Processes.Eventually(() => NameServers().Count == 0), "a name server is left");
        }

        base.Dispose(disposing);
    }

    /// <summary>Says a word to each who connects; nc itself ends when an accept(2) fails.</summary>
    private static string[] Server(string port, string word) =>
        ["900", "sh", "-c", $"while :; do busybox nc -ll -p {port} -e echo {word}; sleep 0.1; done"];

    private static string[] Refused(JsonElement egress) => [.. egress.GetProperty("refused").EnumerateArray().Select(static each =>
        $"{each.GetProperty("address")} {each.GetProperty("port")} {each.GetProperty("protocol")} {each.GetProperty("packets")} {each.GetProperty("name")}")];

    private static JsonElement Report(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.GetProperty("egress").Clone();
    }

    /// <summary>What a command says of a failure is part of this one's.</summary>
    private static void Prints(string expected, CommandResult result) =>
        Assert.True(expected == result.Stdout, $"stdout: {result.Stdout}\nstderr: {result.Stderr}");

    private string Rules(params string[] rules)
    {
        string file = Path.Combine(Roots.Top, "egress.rules");
        File.WriteAllLines(file, rules);
        return file;
    }

    private string EgressTable() => OnHost("nft", "list", "tables").Lines.First(static line => line.StartsWith("table inet ", StringComparison.Ordinal) && line.EndsWith("-egress", StringComparison.Ordinal))[11..];

    /// <summary>fastrun on a host that has this test's resolv.conf.</summary>
    private CommandResult Fastrun(params IReadOnlyList<string> arguments) => HostCommand(
        "unshare",
        ["--mount", "--", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", _resolvConf, Repository.Binary, .. Roots.Options, .. arguments]).Run();

    private CommandResult Exec(string[] flags, string script) =>
        Fastrun(["exec", "--no-workspace", .. flags, Images.Busybox, "--", "sh", "-c", script]);

    private void Detached(string name, string[] flags, string script) =>
        Fastrun(["run", "-d", "--name", name, .. flags, Images.Busybox, "sh", "-c", script]).Exits(0);

    private string In(string container, string script) => Fastrun("exec", container, "sh", "-c", script).Stdout;

    private CommandResult Dig(string container, params string[] arguments)
    {
        string pid = Fastrun("inspect", "-f", "{{.State.Pid}}", container).Output;
        return Command.Run("nsenter", [$"--net=/proc/{pid}/ns/net", "--", "dig", "+tries=1", "+time=50", .. arguments]);
    }

    private List<int> NameServers() =>
        [.. Processes.With(Roots.Run).Where(static pid => Processes.CommandLine(pid).Contains(" name-server ", StringComparison.Ordinal))];
}
