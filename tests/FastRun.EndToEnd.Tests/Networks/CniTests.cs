using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>
/// Networks that CNI plugins make (<c>--network cni:NAME</c>): Debian's containernetworking-plugins, and programs of the test's own
/// that misbehave.
/// </summary>
public sealed class CniTests : NetworkTest
{
    private const string Plugins = "/usr/lib/cni";

    private readonly string _networks;
    private readonly string _addresses;
    private readonly string _programs;

    public CniTests(TestImages images)
        : base(images)
    {
        Assert.SkipUnless(File.Exists(Plugins + "/bridge"), "needs containernetworking-plugins");
        _networks = Roots.NewDirectory("net.d");
        _addresses = Roots.NewDirectory("addresses");
        _programs = Roots.NewDirectory("programs");
    }

    private IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["NETCONFPATH"] = _networks,
        ["CNI_PATH"] = $"{_programs}:{Plugins}",
    };

    [Fact]
    public void Container_HasWhatThePluginsGive_AndTheyTakeItOut()
    {
        Describe("1.0.0");
        CommandResult exec = Cni("exec", "--network", "cni:lab", Images.Busybox, "--", "sh", "-c", "ip -4 -o address show eth0; ip route; tail -n 1 /etc/hosts; cat /etc/resolv.conf; ping -c 1 -w 20 10.99.0.1").Exits(0);
        Assert.Contains("inet 10.99.0.2/24", exec.Output);
        Assert.Contains("default via 10.99.0.1 dev eth0", exec.Output);
        Assert.Contains("\n10.99.0.2\t", exec.Output);
        Assert.Contains("nameserver 192.0.2.53\nsearch example.com\noptions ndots:3\n", exec.Output);
        AssertClean();

        Cni("run", "-d", "--name", "one", "--network", "cni:lab", Images.Busybox, "sleep", "600").Exits(0);
        string address = Inspect("one", "{{(index .NetworkSettings.Networks \"cni:lab\").IPAddress}}");
        Assert.StartsWith("10.99.0.", address);
        Assert.Equal("24 10.99.0.1", Inspect("one", "{{(index .NetworkSettings.Networks \"cni:lab\").IPPrefixLen}} {{(index .NetworkSettings.Networks \"cni:lab\").Gateway}}"));
        Assert.Single(HeldAddresses());
        Cni("restart", "-t", "0", "one").Exits(0);
        Assert.Single(HeldAddresses());
        Cni("stop", "-t", "0", "one").Exits(0);
        Assert.True(Processes.Eventually(() => HeldAddresses().Count == 0));
        Cni("rm", "one").Exits(0);
        AssertClean();
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public void OlderVersions_AreSpoken(string version)
    {
        Describe(version);
        Cni("create", "--name", "one", "--network", "cni:lab", Images.Busybox, "sleep", "600").Exits(0);
        Cni("start", "one").Exits(0);
        Assert.Contains("inet 10.99.0.2/24", Cni("exec", "one", "ip", "-4", "-o", "address", "show", "eth0").Exits(0).Output);
        Cni("rm", "-f", "one").Exits(0);
        AssertClean();
    }

    [Fact]
    public void SinglePlugin_IsANetworkToo()
    {
        File.WriteAllText(Path.Combine(_networks, "10-single.conf"), $$"""
            {"cniVersion": "1.0.0", "name": "single", "type": "ptp", "ipMasq": true,
             "ipam": {"type": "host-local", "dataDir": "{{_addresses}}", "ranges": [[{"subnet": "10.98.0.0/24"}]]} }
            """);
        Assert.Contains("inet 10.98.0.2/24", Cni("exec", "--network", "cni:single", Images.Busybox, "--", "ip", "-4", "-o", "address", "show", "eth0").Exits(0).Output);
        AssertClean();
    }

    [Fact]
    public void PublishedPort_IsReached_AndShown()
    {
        ConnectWorld();
        Describe("1.0.0");
        Cni("run", "-d", "--name", "web", "--network", "cni:lab", "-p", "8080:80", Images.Busybox,
            "sh", "-c", "mkdir -p /www && echo hello > /www/index.html && exec httpd -f -p 80 -h /www").Exits(0);
        Assert.Equal(["80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080"], Cni("port", "web").Exits(0).Lines);
        const string client = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=60).read().decode())";
        Assert.True(Processes.Eventually(() => InWorld("python3", "-c", client, "http://192.0.2.1:8080/").ExitCode == 0));
        foreach (string host in new[] { "127.0.0.1", "[::1]", "192.0.2.1" })
        {
            Assert.Equal("hello", OnHost("python3", "-c", client, $"http://{host}:8080/").Exits(0).Output);
        }

        Cni("run", "-d", "--name", "second", "--network", "cni:lab", "-p", "8080:80", Images.Busybox, "true")
            .FailsWith(125, "driver failed programming external connectivity on endpoint second: Bind for 0.0.0.0:8080 failed: port is already allocated");
        Assert.Single(HeldAddresses());
        Cni("rm", "-f", "web").Exits(0);
        AssertClean();
    }

    [Fact]
    public void Port_OfANetworkThatPublishesNone_IsRefused()
    {
        Describe("1.0.0", portmap: false);
        Cni("run", "--rm", "--network", "cni:lab", "-p", "80", Images.Busybox, "true")
            .FailsWith(125, "network cni:lab publishes no ports: none of its plugins has the capability portMappings");
        AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAKilledProcessLeft_IsUndone_ByGcOrTheNext(bool byGc)
    {
        Describe("1.0.0");
        Cni("run", "-d", "--name", "one", "--network", "cni:lab", "-p", "8080:80", Images.Busybox, "sleep", "600").Exits(0);
        string pid = Inspect("one", "{{.State.Pid}}");
        foreach (int supervisor in Processes.With(Roots.Run).Where(static each => Processes.CommandLine(each).Contains(" supervise ", StringComparison.Ordinal)))
        {
            Command.Run("kill", "-9", supervisor.ToString(System.Globalization.CultureInfo.InvariantCulture)).Exits(0);
        }

        Assert.True(Processes.Eventually(() => !Directory.Exists("/proc/" + pid)));
        Assert.Single(HeldAddresses());
        if (byGc)
        {
            Assert.True(Processes.Eventually(() => Cni("gc").ExitCode == 0 && HeldAddresses().Count == 0));
        }
        else
        {
            Assert.True(Processes.Eventually(() =>
                Cni("exec", "--network", "cni:lab", Images.Busybox, "--", "true").ExitCode == 0 && HeldAddresses().Count == 0));
        }

        AssertClean();
    }

    [Fact]
    public void Network_ThatIsNotThere_OrCannotBeSpokenTo_IsNamed()
    {
        File.WriteAllText(Path.Combine(_networks, "10-old.conf"), """{"cniVersion": "0.2.0", "name": "old", "type": "bridge"}""");
        File.WriteAllText(Path.Combine(_networks, "20-path.conflist"), """{"cniVersion": "1.0.0", "name": "path", "plugins": [{"type": "../bridge"}]}""");
        File.WriteAllText(Path.Combine(_networks, "30-gone.conf"), """{"cniVersion": "1.0.0", "name": "gone", "type": "no-such-plugin"}""");
        File.WriteAllText(Path.Combine(_networks, "40-broken.conf"), "{");
        Fails("missing", 125, "network cni:missing not found");
        Fails("../net.d/10-old.conf", 125, "invalid network name 'cni:../net.d/10-old.conf'");
        Fails("old", 125, "the CNI version '0.2.0' is not spoken");
        Fails("path", 125, "a plugin has no \"type\", or one that is no name of a program");
        Fails("gone", 125, "CNI plugin no-such-plugin not found in ");
        Cni("run", "--rm", "--network", "cni:gone", "--network", "bridge", Images.Busybox, "true")
            .FailsWith(125, "conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        Cni("run", "--rm", "--network", "cni:gone", "--ip", "10.99.0.9", Images.Busybox, "true")
            .FailsWith(125, "user specified IP address is supported on user defined networks only");
    }

    [Fact]
    public void Plugin_ThatFails_IsNamed_AndTheOthersAreUndone()
    {
        Program("broken", """[ "$CNI_COMMAND" = DEL ] || { printf %s '{"cniVersion": "1.0.0", "code": 7, "msg": "no way", "details": "at\u001b all\n"}'; exit 1; }""");
        Describe("1.0.0", portmap: false, """{"type": "broken"}""");
        Fails("lab", 125, "network cni:lab: plugin broken: ADD: no way: at  all");
        AssertClean();
    }

    [Fact]
    public void Plugin_ThatSaysNonsense_OrTooMuch_IsNamed_AndTheOthersAreUndone()
    {
        Describe("1.0.0", portmap: false, """{"type": "odd"}""");
        foreach ((string script, string message) in new[]
        {
            ("[ $CNI_COMMAND = DEL ] || echo nonsense", "plugin odd: ADD: its answer is no result"),
            ("[ $CNI_COMMAND = DEL ] || echo '{\"ips\": [{\"address\": \"10.0.0.1\"}]}'", "plugin odd: ADD: its answer is no result"),
            ("[ $CNI_COMMAND = DEL ] || echo '{\"dns\": {\"nameservers\": [\"192.0.2.1\\noptions x\"]}}'", "plugin odd: ADD: its answer is no result"),
            ("[ $CNI_COMMAND = DEL ] || exec cat /dev/zero", "plugin odd: ADD: its answer is larger than 1 MiB"),
            ("[ $CNI_COMMAND = DEL ] || exit 3", "plugin odd: ADD: exit code 3"),
        })
        {
            Program("odd", script);
            Fails("lab", 125, message);
            AssertClean();
        }
    }

    [Fact]
    public void Plugin_GetsItsPartOfTheList_TheResultBefore_AndNoneOfTheCallersEnvironment()
    {
        string told = Path.Combine(Roots.Top, "told");
        Program("spy", $$"""[ $CNI_COMMAND = DEL ] && exit; cat > {{told}}.json; env | sort > {{told}}.env; tr -d '\n' < {{told}}.json | sed 's/.*"prevResult"://; s/}$//' """);
        Describe("1.0.0", portmap: false, """{"type": "spy", "capabilities": {"bandwidth": true, "portMappings": true}, "own": [1, {"x": "y"}]}""");
        Cni("exec", "--network", "name=cni:lab,driver-opt=ingressRate=1000000", "-p", "127.0.0.1:8081:80/udp", Images.Busybox, "--", "true").Exits(0);

        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(told + ".json"));
        System.Text.Json.JsonElement root = document.RootElement;
        Assert.Equal("lab", root.GetProperty("name").GetString());
        Assert.Equal("1.0.0", root.GetProperty("cniVersion").GetString());
        Assert.Equal("""[1,{"x":"y"}]""", root.GetProperty("own").GetRawText());
        Assert.False(root.TryGetProperty("capabilities", out _));
        Assert.Equal(
            """{"portMappings":[{"hostPort":8081,"containerPort":80,"protocol":"udp","hostIP":"127.0.0.1"}],"bandwidth":{"ingressRate":1000000}}""",
            root.GetProperty("runtimeConfig").GetRawText());
        Assert.Equal("10.99.0.2/24", root.GetProperty("prevResult").GetProperty("ips")[0].GetProperty("address").GetString());
        string[] names = [.. File.ReadAllLines(told + ".env").Select(static line => line.Split('=')[0]).Where(static name => name is not ("PWD" or "SHLVL" or "_" or "OLDPWD"))];
        Assert.Equal(["CNI_COMMAND", "CNI_CONTAINERID", "CNI_IFNAME", "CNI_NETNS", "CNI_PATH", "PATH"], names);
    }

    private CommandResult Cni(params IReadOnlyList<string> arguments) => (NetworkCommand(arguments) with { Environment = Variables }).Run();

    private void Fails(string network, int code, string message) =>
        Cni("exec", "--network", "cni:" + network, Images.Busybox, "--", "true").FailsWith(code, message);

    private string Inspect(string container, string format) => Cni("inspect", "--format", format, container).Exits(0).Output;

    /// <summary>The addresses that host-local has given away.</summary>
    private List<string> HeldAddresses() =>
        [.. Directory.GetFiles(_addresses, "*", SearchOption.AllDirectories).Where(static file => char.IsAsciiDigit(Path.GetFileName(file)[0]))];

    /// <summary>Nothing is left of any container: no address, no rule, no record, no cable.</summary>
    private void AssertClean()
    {
        Assert.Empty(HeldAddresses());
        Assert.Empty(Directory.Exists(Path.Combine(Roots.Data, "cni")) ? Directory.GetFiles(Path.Combine(Roots.Data, "cni")) : []);
        Assert.DoesNotContain(OnHost("iptables-save", "-t", "nat").Output.Split('\n'), static line =>
            line.Contains("10.99.0.", StringComparison.Ordinal) || line.Contains("10.98.0.", StringComparison.Ordinal) || line.Contains("CNI-DN-", StringComparison.Ordinal));
        Assert.True(Processes.Eventually(() => !Interfaces().Any(static name => name.StartsWith("veth", StringComparison.Ordinal))));
    }

    private void Program(string name, string script)
    {
        string path = Path.Combine(_programs, name);
        File.WriteAllText(path + ".new", "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(path + ".new", path, overwrite: true);
    }

    private void Describe(string version, bool portmap = true, params string[] more)
    {
        string[] plugins =
        [
            $$"""
            {"type": "bridge", "bridge": "lab0", "isGateway": true, "ipMasq": true, "dns": {"nameservers": ["192.0.2.53"], "domain": "example.com", "options": ["ndots:3"]},
             "ipam": {"type": "host-local", "dataDir": "{{_addresses}}", "ranges": [[{"subnet": "10.99.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]} }
            """,
            .. portmap ? ["""{"type": "portmap", "capabilities": {"portMappings": true}}"""] : Array.Empty<string>(),
            .. more,
        ];
        File.WriteAllText(
            Path.Combine(_networks, "50-lab.conflist"), $$"""{"cniVersion": "{{version}}", "name": "lab", "plugins": [{{string.Join(',', plugins)}}]}""");
    }
}
