using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>Ports of the host that lead to a container (<c>-p</c>, <c>-P</c>): a web server in it, and all who come to it.</summary>
public sealed class PublishedPortsTests(TestImages images) : NetworkTest(images)
{
    private const string Server = "mkdir -p /www && echo hello > /www/index.html && exec httpd -f -p 80 -h /www";

    private const string Client = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=60).read().decode())";

    private const string Answerer = """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("0.0.0.0", 9000))
        while True:
            _, sender = s.recvfrom(64)
            s.sendto(sys.argv[1].encode(), sender)
        """;

    [Fact]
    public void Port_IsReachedFromOutside_FromTheHost_AndFromContainers()
    {
        ConnectWorld();
        Serve("web", "-p", "8080:80");
        Run("run", "-d", "--name", "other", "--network", "bridge", Images.Busybox, "sleep", "600").Exits(0);
        Run("network", "create", "apart").Exits(0);
        Run("run", "-d", "--name", "stranger", "--network", "apart", Images.Busybox, "sleep", "600").Exits(0);

        Reaches("127.0.0.1:8080");
        Reaches("[::1]:8080");
        Reaches("192.0.2.1:8080");
        Reaches("10.210.0.1:8080");
        Assert.Equal("hello", InWorld("python3", "-c", Client, "http://192.0.2.1:8080/").Exits(0).Output);
        foreach (string from in new[] { "web", "other", "stranger" })
        {
            Assert.Equal("hello", Run("exec", from, "sh", "-c", @"printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 60 192.0.2.1 8080").Exits(0).Lines[^1]);
        }
    }

    [Fact]
    public void Port_OfAContainerWithIPv6_IsReachedByBothFamilies_AtTheLoopbackToo()
    {
        ConnectWorld();
        OnHost("ip", "-6", "address", "add", "2001:db8:2::1/64", "dev", "wan0", "nodad").Exits(0);
        Run("network", "create", "--ipv6", "--subnet", "10.78.0.0/24", "--subnet", "fd00:78::/64", "six").Exits(0);
        Run("run", "-d", "--name", "web", "--network", "six", "-p", "8080:80", Images.Busybox, "sh", "-c", Server).Exits(0);
        Reaches("127.0.0.1:8080");
        Reaches("[::1]:8080");
        Reaches("192.0.2.1:8080");
        Reaches("[2001:db8:2::1]:8080");
    }

    [Fact]
    public void Port_IsShownByPortPsAndInspect()
    {
        Serve("web", "-p", "8080:80", "-p", "127.0.0.1:9000-9001:90-91/udp", "--expose", "7000-7001");

        Assert.Equal(
            ["80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080", "90/udp -> 127.0.0.1:9000", "91/udp -> 127.0.0.1:9001"], Run("port", "web").Exits(0).Lines);
        Assert.Equal(["0.0.0.0:8080", "[::]:8080"], Run("port", "web", "80").Exits(0).Lines);
        Run("port", "web", "81").FailsWith(1, "No public port '81' published for web");
        Assert.Equal(
            "7000-7001/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 127.0.0.1:9000->90/udp, 127.0.0.1:9001->91/udp", Run("ps", "--format", "{{.Ports}}").Exits(0).Output);
        Assert.Equal("web", Run("ps", "--filter", "publish=8080", "--format", "{{.Names}}").Exits(0).Output);
        Assert.Equal("", Run("ps", "--filter", "publish=8081", "--format", "{{.Names}}").Exits(0).Output);
        Assert.Equal(
            """[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}]""",
            Run("inspect", "--format", """{{json (index .NetworkSettings.Ports "80/tcp")}}""", "web").Exits(0).Output);
        Assert.Equal(
            """{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"90/udp":[{"HostIp":"127.0.0.1","HostPort":"9000"}],"91/udp":[{"HostIp":"127.0.0.1","HostPort":"9001"}]}""",
            Run("inspect", "--format", "{{json .HostConfig.PortBindings}}", "web").Exits(0).Output);
    }

    [Fact]
    public void AllExposedPorts_GetPortsThatAreFree()
    {
        Serve("web", "-P", "--expose", "80");

        string port = Assert.Single(Run("port", "web", "80").Exits(0).Lines, static line => line.StartsWith("0.0.0.0:", StringComparison.Ordinal));
        Reaches("127.0.0.1" + port["0.0.0.0".Length..]);
    }

    [Fact]
    public void PortInUse_IsDockersErrorAtOnce_AndLeavesNothing()
    {
        Serve("web", "-p", "8080:80");

        CommandResult second = Run("run", "-d", "--name", "second", "--network", "bridge", "-p", "8080:80", Images.Busybox, "true");
        second.FailsWith(125, "driver failed programming external connectivity on endpoint second (");
        Assert.Contains("): Bind for 0.0.0.0:8080 failed: port is already allocated", second.Stderr);

        // Its supervisor says what failed before it gives back what it has.
        Assert.True(Processes.Eventually(() => Leases().Count == 1 && Publishers().Count == 1));
        Reaches("127.0.0.1:8080");
    }

    [Fact]
    public void End_OfTheContainer_FreesThePort()
    {
        for (int i = 0; i < 3; i++)
        {
            Serve("web", "-p", "8080:80");
            Reaches("127.0.0.1:8080");
            Run("rm", "-f", "web").Exits(0);

            Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
        }

        // The port was free before: the process itself waits for the kernel's clean-up.
        Assert.True(Processes.Eventually(() => Publishers().Count == 0));
    }

    [Fact]
    public void Restart_PublishesAgain()
    {
        Serve("web", "-p", "8080:80");

        Run("restart", "-t", "0", "web").Exits(0);

        Reaches("127.0.0.1:8080");
        Assert.Equal(["80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080"], Run("port", "web").Lines);
    }

    [Fact]
    public void KilledSupervisor_LeavesNoPort()
    {
        Serve("web", "-p", "8080:80");

        Kill(Supervisors());

        Assert.True(Processes.Eventually(() => Publishers().Count == 0));
        Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
        Assert.Equal("", Run("port", "web").Exits(0).Output);
        Serve("next", "-p", "8080:80");
        Reaches("127.0.0.1:8080");
    }

    [Fact]
    public void KilledPublisher_IsReplaced_AndNobodyElseGetsThePort()
    {
        ConnectWorld();
        Serve("web", "-p", "8080:80");
        List<int> killed = Publishers();

        Kill(killed);

        Run("run", "-d", "--name", "second", "--network", "bridge", "-p", "8080:80", Images.Busybox, "true").FailsWith(125, "port is already allocated");
        Assert.True(Processes.Eventually(() => Publishers() is [int next] && next != killed[0]));
        Reaches("127.0.0.1:8080");
        Assert.Equal("hello", InWorld("python3", "-c", Client, "http://192.0.2.1:8080/").Exits(0).Output);
        Run("rm", "-f", "web").Exits(0);
        Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
        Assert.True(Processes.Eventually(() => Publishers().Count == 0));
    }

    [Fact]
    public void KilledPublisher_OfACommandInTheForeground_IsReplaced()
    {
        using System.Diagnostics.Process run = NetworkCommand(
            "run", "--rm", "--name", "web", "--network", "bridge", "-p", "8080:80", Images.Busybox, "sh", "-c", Server).Start();
        Reaches("127.0.0.1:8080");
        List<int> killed = Publishers();

        Kill(killed);

        Assert.True(Processes.Eventually(() => Publishers() is [int next] && next != killed[0]));
        Reaches("127.0.0.1:8080");
        Run("kill", "web").Exits(0);
        run.WaitForExit();
        Assert.True(Processes.Eventually(() => Publishers().Count == 0));
        Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
    }

    [Fact]
    public void Ports_FollowTheWayOut()
    {
        ConnectWorld();
        Run("network", "create", "--subnet", "10.91.0.0/24", "a").Exits(0);
        Run("network", "create", "--subnet", "10.92.0.0/24", "b").Exits(0);
        Run("run", "-d", "--name", "web", "--network", "a", "--network", "name=b,gw-priority=-1", "-p", "8080:80", Images.Busybox, "sh", "-c", Server).Exits(0);
        ReachedBy("10.91.0.2");

        Run("network", "disconnect", "a", "web").Exits(0);
        ReachedBy("10.92.0.2");

        Run("network", "disconnect", "b", "web").Exits(0);
        Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
        Assert.Equal("", Run("port", "web").Exits(0).Output);

        Run("network", "connect", "a", "web").Exits(0);
        ReachedBy("10.91.0.2");

        Run("network", "connect", "--gw-priority", "1", "b", "web").Exits(0);
        ReachedBy("10.92.0.2");
        Assert.Equal("default via 10.92.0.1 dev eth1", Assert.Single(
            Run("exec", "web", "ip", "route").Exits(0).Lines, static line => line.StartsWith("default", StringComparison.Ordinal)).Trim());
        Assert.Equal("1", Run("inspect", "--format", "{{.NetworkSettings.Networks.b.GwPriority}}", "web").Exits(0).Output);
        Assert.Single(Publishers());

        void ReachedBy(string address)
        {
            Reaches("127.0.0.1:8080");
            Assert.Equal("hello", InWorld("python3", "-c", Client, "http://192.0.2.1:8080/").Exits(0).Output);
            Assert.Contains($": {address} . 80", OnHost("nft", "list", "ruleset").Output);
            Assert.Equal(["80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080"], Run("port", "web").Exits(0).Lines);
        }
    }

    [Fact]
    public void Datagrams_OfASenderWhoNeverPauses_ReachTheContainerThatComesLater_AndTheNextOne()
    {
        ConnectWorld();
        Run("run", "-d", "--name", "other", "--network", "bridge", Images.Busybox, "sleep", "600").Exits(0);

        // One socket, so one flow; an answer says which container it came from.
        const string sender = """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(0.1)
            awaited = ["first", "second"]
            for i in range(3000):
                try:
                    s.sendto(b"x\n", ("192.0.2.1", 9000))
                    answer = s.recv(64).decode().strip()
                except OSError:
                    answer = ""
                if i == 0: print("sending", flush=True)
                if answer == awaited[0]:
                    print(awaited.pop(0), flush=True)
                    if not awaited: sys.exit(0)
            sys.exit(1)
            """;
        using System.Diagnostics.Process sending = StartInWorld("python3", "-c", sender);
        Assert.Equal("sending", sending.StandardOutput.ReadLine());
        foreach (string name in new[] { "first", "second" })
        {
            Run("run", "-d", "--name", name, "--network", "bridge", "-p", "9000:9000/udp", Images.Busybox, "sleep", "600").Exits(0);
            string pid = Run("inspect", "--format", "{{.State.Pid}}", name).Exits(0).Output;
            using System.Diagnostics.Process answering = new Command("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Answerer, name).Start();
            Assert.Equal(name, sending.StandardOutput.ReadLine());
            answering.Kill();
            answering.WaitForExit();
            Run("rm", "-f", name).Exits(0);

            // So that the next one does not have its address, to which a flow that stays leads.
            Run("run", "-d", "--network", "bridge", Images.Busybox, "sleep", "600").Exits(0);
        }

        sending.WaitForExit();
        Assert.Equal(0, sending.ExitCode);
    }

    [Fact]
    public void KilledCommand_InTheForeground_LeavesNoPort()
    {
        using System.Diagnostics.Process run = NetworkCommand(
            "run", "--rm", "--name", "web", "--network", "bridge", "-p", "8080:80", Images.Busybox, "sh", "-c", Server).Start();
        Reaches("127.0.0.1:8080");

        run.Kill();
        run.WaitForExit();

        Assert.True(Processes.Eventually(() => Publishers().Count == 0));
        Assert.DoesNotContain("8080", OnHost("nft", "list", "ruleset").Output);
    }

    [Fact]
    public void Ports_WhereTheyCannotBe_AreRefused()
    {
        Run("run", "--rm", "--network", "container:absent", "-p", "80", Images.Busybox, "true").FailsWith(125, "conflicting options: port publishing and the container type network mode");
        Run("run", "--rm", "--network", "bridge", "-p", "127.0.0.1:80:80/sctp", Images.Busybox, "true").FailsWith(125, "port 127.0.0.1:80/sctp: SCTP cannot be published on the loopback interface");
        Run("run", "--rm", "--network", "bridge", "-p", "x:80", Images.Busybox, "true").FailsWith(125, "invalid hostPort: x");
        Assert.Empty(Leases());
    }

    [Fact]
    public void Ports_OfAContainerWithTheHostsNetwork_AreDiscarded_AsDockerSays()
    {
        const string warning = "WARNING: Published ports are discarded when using host network mode";
        CommandResult foreground = Run("run", "--rm", "--network", "host", "-p", "80", Images.Busybox, "echo", "runs").Exits(0);
        Assert.Equal(warning, foreground.Stderr.TrimEnd());
        Assert.Equal("runs", foreground.Output);
        Assert.Equal(warning, Run("create", "--name", "web", "--network", "host", "-P", Images.Busybox, "sleep", "60").Exits(0).Stderr.TrimEnd());
        Assert.Equal(warning, Run("start", "web").Exits(0).Stderr.TrimEnd());
        Assert.Equal("", Run("port", "web").Exits(0).Output);
        Assert.Equal(warning, Run("restart", "-t", "0", "web").Exits(0).Stderr.TrimEnd());
        Assert.Equal(warning, Run("run", "-d", "--network", "host", "-p", "80", Images.Busybox, "true").Exits(0).Stderr.TrimEnd());
    }

    [Fact]
    public void Ports_OfAContainerThatNoBridgeLeadsOutside_AreDiscarded_UntilOneDoes()
    {
        const string warning = "WARNING: Published ports are discarded: the container's way out is not a bridge";
        CommandResult none = Run("run", "--rm", "--network", "none", "-p", "80", Images.Busybox, "echo", "runs").Exits(0);
        Assert.Equal(("runs", "WARNING: Published ports are discarded when using none network mode"), (none.Output, none.Stderr.TrimEnd()));

        Run("network", "create", "--internal", "inner").Exits(0);
        Run("network", "create", "outer").Exits(0);
        Assert.Equal(warning, Run("run", "-d", "--name", "web", "--network", "inner", "-p", "8080:80", Images.Busybox, "sh", "-c", Server).Exits(0).Stderr.TrimEnd());
        Assert.Empty(Publishers());
        Assert.Equal("", Run("port", "web").Exits(0).Output);

        Assert.Equal("", Run("network", "connect", "outer", "web").Exits(0).Stderr);
        Assert.Single(Publishers());
        Assert.Equal(["80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080"], Run("port", "web").Exits(0).Lines);
    }

    private void Serve(string name, params string[] options) =>
        Run(["run", "-d", "--name", name, "--network", "bridge", .. options, Images.Busybox, "sh", "-c", Server]).Exits(0);

    private void Reaches(string address)
    {
        // The server in the container may not listen yet.
        CommandResult? last = null;
        Assert.True(
            Processes.Eventually(() => (last = OnHost("python3", "-c", Client, $"http://{address}/")).ExitCode == 0),
            $"{address}: {last?.Stderr}");
        Assert.Equal("hello", last!.Output);
    }

    private List<int> Publishers() => OfThisTest("publish-ports");

    private List<int> Supervisors() => OfThisTest("supervise");

    private List<int> OfThisTest(string command) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(static name => int.TryParse(name, out _))
            .Where(name => IsOurs(name!, command)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private bool IsOurs(string pid, string command)
    {
        try
        {
            string[] words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words.Contains(command) && words.Contains(Roots.Run);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Kill(List<int> processes)
    {
        Assert.NotEmpty(processes);
        foreach (int process in processes)
        {
            Command.Run("kill", "-9", process.ToString(CultureInfo.InvariantCulture)).Exits(0);
        }
    }
}
