using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Networks;

/// <summary>
/// Names in networks: dig asks from the containers' own networks, and dnsmasq is what the host asks, at its own loopback address, where
/// no container reaches it.
/// </summary>
public sealed class NamesInNetworksTests : NetworkTest
{
    private const string Outside = "192.0.2.77";

    private readonly string _resolvConf;
    private readonly Process _upstream;

    public NamesInNetworksTests(TestImages images)
        : base(images)
    {
        _resolvConf = Path.Combine(Roots.Top, "resolv.conf");
        File.WriteAllText(_resolvConf, "nameserver 127.0.0.1\nsearch corp.example\n");
        _upstream = HostCommand(
            "timeout", "900", "dnsmasq", "--no-daemon", "--user=root", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file=", "--listen-address=127.0.0.1",
            "--bind-interfaces", $"--address=/example.test/{Outside}").Start();
        Assert.True(
            Processes.Eventually(() => OnHost("dig", "+short", "+tries=1", "+time=1", "@127.0.0.1", "example.test").Stdout.Trim() == Outside),
            "dnsmasq does not answer");
    }

    [Fact]
    public void UserNetwork_NameAliasAndShortId_AreFound_FromShortLivedContainersToo()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        string id = Detached("web", ["--network", "app:alias=www"], "sleep 600");
        CommandResult found = Fastrun(
            "run", "--rm", "--network", "app", Images.Busybox, "sh", "-c",
            $"ping -c 1 -w 30 web && ping -c 1 -w 30 www && ping -c 1 -w 30 {id[..12]} && ping -c 1 -w 30 web.app && cat /etc/resolv.conf");
        Assert.Contains("PING web (10.77.0.2)", found.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "nameserver 127.0.0.11\nsearch corp.example\noptions ndots:0\n# ExtServers: [127.0.0.1]", found.Output, StringComparison.Ordinal);
        Assert.Equal("web.app.", Dig("web", "-x", "10.77.0.2"));
        Assert.Equal("10.77.0.2", Dig("web", "+tcp", "web"));
    }

    [Fact]
    public void NamesOfTheOutside_AreAskedForAtTheHostsServer_ButNotFromAnInternalNetwork()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Fastrun("network", "create", "--internal", "--subnet", "10.78.0.0/24", "back").Exits(0);
        Detached("web", ["--network", "app"], "sleep 600");
        Detached("db", ["--network", "back"], "sleep 600");
        Detached("plain", ["--network", "bridge"], "sleep 600");
        Assert.Equal(Outside, Dig("web", "example.test"));
        Assert.Equal(Outside, Dig("web", "+tcp", "a.example.test"));
        Assert.Contains("status: SERVFAIL", DigRaw("db", "example.test"), StringComparison.Ordinal);
        Assert.Equal("10.78.0.2", Dig("db", "db"));

        // The host's only server is at its own loopback address: the name server asks it.
        Assert.Equal(Outside, Dig("plain", "example.test"));
        Assert.Contains("nameserver 127.0.0.11\n", Fastrun("exec", "plain", "cat", "/etc/resolv.conf").Output, StringComparison.Ordinal);

        // On the default bridge nobody has a name.
        Assert.Equal("", Dig("plain", "plain"));

        // The host moves to another network: nothing is started again.
        File.WriteAllText(_resolvConf, "nameserver 127.0.0.99\n");
        Assert.True(Processes.Eventually(() => DigRaw("web", "example.test").Contains("status: SERVFAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public void DefaultBridge_HasTheServersThatItReaches()
    {
        File.WriteAllText(_resolvConf, "nameserver 127.0.0.1\nnameserver 192.0.2.53\n");
        Assert.Equal("nameserver 192.0.2.53", Exec(["--network", "bridge"], "cat /etc/resolv.conf"));
        Assert.Equal(
            "nameserver 192.0.2.9\nsearch a.example\noptions ndots:3",
            Exec(["--network", "bridge", "--dns", "192.0.2.9", "--dns-search", "a.example", "--dns-option", "ndots:3"], "cat /etc/resolv.conf"));
        Assert.False(HasNameServer());
    }

    [Fact]
    public void NameServer_IsThereWhileItIsNeeded_AndComesBackWhenItWasKilled()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Assert.False(HasNameServer());
        Detached("web", ["--network", "app"], "sleep 600");
        Detached("db", ["--network", "app"], "sleep 600");

        // It is started by the first question.
        Assert.Equal("0", Fastrun("run", "--rm", "--network", "app", Images.Busybox, "sh", "-c", "echo 0").Output);
        Assert.False(HasNameServer());
        Assert.Equal("10.77.0.3", Dig("web", "db"));
        int first = Assert.Single(NameServers());

        // DAC_OVERRIDE, NET_ADMIN, SYS_PTRACE, SYS_ADMIN, SYS_RESOURCE at most, and nothing brings more.
        string[] status = File.ReadAllLines($"/proc/{first}/status");
        Assert.Contains("NoNewPrivs:\t1", status);
        foreach (string set in new[] { "CapPrm", "CapBnd" })
        {
            string mask = status.First(line => line.StartsWith(set, StringComparison.Ordinal))[(set.Length + 1)..].Trim();
            Assert.Equal(0UL, ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~((1UL << 1) | (1UL << 12) | (1UL << 19) | (1UL << 21) | (1UL << 24)));
        }

        Command.Output("kill", "-9", $"{first}");
        Assert.True(Processes.Eventually(() => !HasNameServer()));
        Assert.Equal("10.77.0.3", Fastrun("run", "--rm", "--network", "app", Images.Busybox, "sh", "-c", "ping -c 1 -w 30 db | head -n 1 | cut -d '(' -f 2 | cut -d ')' -f 1").Output);
        Assert.NotEqual(first, Assert.Single(NameServers()));
        Assert.Equal("10.77.0.3", Dig("web", "db"));
        Assert.Equal("10.77.0.2", Dig("db", "+tcp", "web"));

        // A command that starts nothing notices, too.
        int second = Assert.Single(NameServers());
        Command.Output("kill", "-9", $"{second}");
        Assert.True(Processes.Eventually(() => !NameServers().Contains(second)));
        Assert.True(Processes.Eventually(() => Fastrun("ps").ExitCode == 0 && Dig("web", "db") == "10.77.0.3"));

        Fastrun("rm", "-f", "web", "db").Exits(0);
        Assert.True(Processes.Eventually(() => !HasNameServer()), "the name server goes on without containers");
        Assert.Equal(["lock"], Directory.GetFiles(Path.Combine(Roots.Run, "name-server")).Select(Path.GetFileName));
    }

    [Fact]
    public void NameServer_Waiting_HasLittlePrivateMemory()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("web", ["--network", "app"], "sleep 600");
        Assert.Equal("10.77.0.2", Dig("web", "web"));
        Assert.Equal(Outside, Dig("web", "+tcp", "example.test"));
        int pid = Assert.Single(NameServers());

        // What counts is the waiting: after a second of nothing it gives back what it can.
        Assert.True(Processes.Eventually(() => PrivateKibibytes(pid) is > 0 and <= 8 * 1024), $"{PrivateKibibytes(pid)} KiB");
    }

    [Fact]
    public void NameServer_SixteenStartsAtOnce_ShareOne()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("db", ["--network", "app"], "sleep 600");
        List<Process> runs = [];
        for (int i = 0; i < 16; i++)
        {
            runs.Add(FastrunCommand("run", "--rm", "--network", "app", Images.Busybox, "ping", "-c", "1", "-w", "50", "db").Start());
        }

        foreach (Process run in runs)
        {
            string output = run.StandardOutput.ReadToEnd();
            Assert.True(run.WaitForExit(60_000) && run.ExitCode == 0, output + run.StandardError.ReadToEnd());
            run.Dispose();
        }

        Assert.Single(NameServers());
    }

    [Fact]
    public void Build_AsksTheHostsServer_ToWhichOnlyTheNameServerLeads()
    {
        Fastrun("exec", "--no-workspace", "--network", "none", Images.Busybox, "--", "true").Exits(0);
        string context = Roots.NewDirectory("context");
        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM busybox\nRUN nslookup -type=a example.test > /found\n");
        Fastrun("build", "--network", "bridge", "-t", "found", context).Exits(0);
        Assert.Contains(Outside, Fastrun("exec", "--no-workspace", "--network", "none", "found", "--", "cat", "/found").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AddHost_HostGateway_IsTheHostsAddressInTheNetwork()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Assert.Equal(
            "10.77.0.1\thost.docker.internal\n10.77.0.2\tbox.corp.example box",
            Exec(["--network", "app", "--hostname", "box.corp.example", "--add-host", "host.docker.internal:host-gateway"], "tail -n 2 /etc/hosts"));
        FastrunCommand("exec", "--no-workspace", "--network", "none", "--add-host", "h:host-gateway", Images.Busybox, "--", "true").Run()
            .FailsWith(125, "unable to derive the IP value for host-gateway");
    }

    [Fact]
    public void Link_OnTheDefaultBridge_IsALineInHostsAndVariables()
    {
        string db = Detached("postgres", ["--network", "bridge", "-e", "USER=app"], "sleep 600");
        string[] lines = Exec(["--network", "bridge", "--link", "postgres:db", "--name", "web"], "grep postgres /etc/hosts; env | grep ^DB_ | sort").Split('\n');
        Assert.Equal([$"10.210.0.2\tdb {db[..12]} postgres", "DB_ENV_USER=app", "DB_NAME=/web/db"], lines);

        Detached("later", ["--network", "bridge", "--link", "postgres:db"], "sleep 600");
        Assert.Equal("/later/db", Fastrun("exec", "later", "sh", "-c", "echo $DB_NAME").Output);
        Assert.Equal("[\"/postgres:/later/db\"]", Fastrun("inspect", "-f", "{{json .HostConfig.Links}}", "later").Output);

        Fastrun("stop", "-t", "0", "postgres").Exits(0);
        Fastrun("run", "--rm", "--name", "web", "--network", "bridge", "--link", "postgres:db", Images.Busybox, "true")
            .FailsWith(125, "Cannot link to a non running container: /postgres AS /web/db");
        Fastrun("run", "--rm", "--network", "bridge", "--link", "absent", Images.Busybox, "true").FailsWith(125, "No such container: absent");
        Fastrun("run", "--rm", "--network", "host", "--link", "postgres", Images.Busybox, "true")
            .FailsWith(125, "conflicting options: host type networking can't be used with links");
    }

    [Fact]
    public void Link_OnTheDefaultBridge_FollowsAContainerThatIsStartedAgainElsewhere()
    {
        string db = Detached("postgres", ["--network", "bridge"], "sleep 600");
        Detached("web", ["--network", "bridge", "--link", "postgres:db"], "echo 10.9.9.9 mine >> /etc/hosts; sleep 600");
        Process foreground = FastrunCommand(
            "run", "--rm", "--name", "front", "--network", "bridge", "--link", "postgres:db", Images.Busybox, "sleep", "600").Start();
        Assert.True(Processes.Eventually(() => Fastrun("exec", "front", "true").ExitCode == 0));
        Assert.Equal($"10.210.0.2\tdb {db[..12]} postgres", Fastrun("exec", "web", "grep", "postgres", "/etc/hosts").Output);

        // Somebody else has its address when it comes back.
        Fastrun("stop", "-t", "0", "postgres").Exits(0);
        Detached("other", ["--network", "bridge"], "sleep 600");
        Fastrun("start", "postgres").Exits(0);
        string address = Fastrun("inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", "postgres").Output;
        Assert.NotEqual("10.210.0.2", address);
        string line = $"{address}\tdb {db[..12]} postgres";
        foreach (string linked in new[] { "web", "front" })
        {
            Assert.True(
                Processes.Eventually(() => Fastrun("exec", linked, "grep", "postgres", "/etc/hosts").Output == line),
                Fastrun("exec", linked, "cat", "/etc/hosts").Output);
        }

        Assert.Equal("10.9.9.9 mine", Fastrun("exec", "web", "grep", "mine", "/etc/hosts").Output);

        // What is set at a start is right from the next one on.
        Fastrun("restart", "-t", "0", "web").Exits(0);
        Assert.Equal(line, Fastrun("exec", "web", "grep", "postgres", "/etc/hosts").Output);
        Fastrun("rm", "-f", "front").Exits(0);
        foreground.WaitForExit();
        foreground.Dispose();
    }

    [Fact]
    public void Link_OnAUserNetwork_IsOneMoreName_ForThisContainerOnly()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("postgres", ["--network", "app"], "sleep 600");
        Detached("web", ["--network", "app", "--link", "postgres:db"], "sleep 600");
        Assert.Equal("10.77.0.2", Dig("web", "db"));
        Assert.Equal("", Dig("postgres", "db"));
    }

    [Fact]
    public void Link_OfOneNetwork_IsOneMoreName_AlsoOfOneThatComesLater()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("web", ["--network", "bridge"], "sleep 600");
        Fastrun("network", "connect", "--link", "postgres:db", "--link", "postgres", "app", "web").Exits(0);
        Assert.Equal("", Dig("web", "db"));

        Detached("postgres", ["--network", "app:ip=10.77.0.7"], "sleep 600");
        Assert.Equal("10.77.0.7", Dig("web", "db"));
        Assert.Equal("", Dig("postgres", "db"));
        Assert.Equal("[\"postgres:db\",\"postgres:postgres\"]", Fastrun("inspect", "-f", "{{json .NetworkSettings.Networks.app.Links}}", "web").Output);

        // It is part of what the container is.
        Fastrun("restart", "-t", "0", "web").Exits(0);
        Assert.Equal("10.77.0.7", Dig("web", "db"));
        Fastrun("network", "connect", "--link", "postgres:", "app", "web").FailsWith(125, "bad format for links: postgres:");
        Detached("other", ["--network", "app"], "sleep 600");
        Fastrun("network", "connect", "--link", "postgres:db", "bridge", "other").FailsWith(1, "network-scoped links are supported only for containers in user defined networks");
    }

    [Fact]
    public void Link_Removed_IsNoLineAnyMore_AndNoContainerGoes()
    {
        Detached("postgres", ["--network", "bridge"], "sleep 600");
        Detached("web", ["--network", "bridge", "--link", "postgres:db", "--link", "postgres:other"], "sleep 600");
        Assert.Equal("2", Fastrun("exec", "web", "grep", "-c", "postgres", "/etc/hosts").Output);

        Assert.Equal("web/db", Fastrun("rm", "--link", "web/db").Output);

        Assert.Contains("\tother ", Fastrun("exec", "web", "grep", "postgres", "/etc/hosts").Output, StringComparison.Ordinal);
        Assert.Equal("[\"/postgres:/web/other\"]", Fastrun("inspect", "-f", "{{json .HostConfig.Links}}", "web").Output);
        Fastrun("rm", "--link", "web/db").FailsWith(1, "No such container: web/db");
        Fastrun("rm", "--link", "nosuch/db").FailsWith(1, "No such container: nosuch/db");
        Fastrun("rm", "--link", "nosuch").FailsWith(1, "No such container: nosuch");
        Fastrun("rm", "--link", "web").FailsWith(1, "Conflict, cannot remove the default link name of the container");

        Fastrun("stop", "-t", "0", "web").Exits(0);
        Fastrun("rm", "-l", "/web/other").Exits(0);
        Fastrun("start", "web").Exits(0);
        Assert.Equal(1, Fastrun("exec", "web", "grep", "postgres", "/etc/hosts").ExitCode);
        Assert.Equal("true", Fastrun("inspect", "-f", "{{.State.Running}}", "postgres").Output);
    }

    [Fact]
    public void Rename_Running_IsFoundByTheNewName_AndNoMoreByTheOld()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("old", ["--network", "app:alias=www"], "sleep 600");
        Detached("web", ["--network", "app"], "sleep 600");
        Assert.Equal("10.77.0.2", Dig("web", "old"));

        Fastrun("rename", "old", "new").Exits(0);

        Assert.Equal("10.77.0.2", Dig("web", "new"));
        Assert.Equal("", Dig("web", "old"));
        Assert.Equal("10.77.0.2", Dig("web", "www"));
        Assert.Equal("new.app.", Dig("web", "-x", "10.77.0.2"));
        Assert.Contains("\"new\"", Fastrun("network", "inspect", "app").Exits(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ContainerMode_SharesTheFiles()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("web", ["--network", "app", "--add-host", "extra:10.1.1.1"], "echo 10.2.2.2 mine >> /etc/hosts; sleep 600");
        Assert.True(Processes.Eventually(() => Fastrun("exec", "web", "cat", "/etc/hosts").Output.Contains("mine", StringComparison.Ordinal)));
        string theirs = Fastrun("exec", "web", "cat", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf").Output;
        Assert.Equal(theirs, Exec(["--network", "container:web"], "cat /etc/hosts /etc/hostname /etc/resolv.conf"));
        Assert.StartsWith("PING web (10.77.0.2)", Exec(["--network", "container:web"], "ping -c 1 -w 30 web | head -n 1"), StringComparison.Ordinal);
    }

    [Fact]
    public void ContainerMode_FilesThatAreATrap_AreNotFollowedOutOfTheContainer()
    {
        // The other container's root leads /etc/hosts to a file of the host's, by a name that exists there.
        string secret = Path.Combine(Roots.Top, "secret");
        File.WriteAllText(secret, "10.9.9.9 secret\n");
        Detached("trap", ["--network", "bridge", "--privileged"], $"umount /etc/hosts; rm -f /etc/hosts; ln -s {secret} /etc/hosts; touch /done; sleep 600");
        Assert.True(Processes.Eventually(() => Fastrun("exec", "trap", "test", "-e", "/done").ExitCode == 0));
        Assert.DoesNotContain("secret", Exec(["--network", "container:trap"], "cat /etc/hosts"), StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_Running_BringsItsNames_AndDisconnectTakesThem()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Fastrun("network", "create", "--subnet", "10.78.0.0/24", "back").Exits(0);
        Detached("web", ["--network", "app"], "sleep 600");
        Detached("db", ["--network", "back"], "sleep 600");
        Assert.Equal("", Dig("web", "db"));
        Fastrun("network", "connect", "back", "web").Exits(0);
        Assert.Equal("10.78.0.2", Dig("web", "db"));
        string shortId = Fastrun("exec", "web", "hostname").Output;
        Assert.Equal(["10.77.0.2\t" + shortId, "10.78.0.3\t" + shortId], Fastrun("exec", "web", "tail", "-n", "2", "/etc/hosts").Lines);
        Fastrun("network", "disconnect", "back", "web").Exits(0);
        Assert.Equal("", Dig("web", "db"));
        Assert.Equal("10.77.0.2\t" + shortId, Fastrun("exec", "web", "tail", "-n", "1", "/etc/hosts").Output);
    }

    [Fact]
    public void Connect_FromTheDefaultBridge_StartsAResolver()
    {
        File.WriteAllText(_resolvConf, "nameserver 192.0.2.53\n");
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("db", ["--network", "app"], "sleep 600");
        Detached("web", ["--network", "bridge"], "sleep 600");
        Assert.Equal("nameserver 192.0.2.53", Fastrun("exec", "web", "cat", "/etc/resolv.conf").Output);
        Fastrun("network", "connect", "app", "web").Exits(0);
        Assert.Equal("10.77.0.2", Dig("web", "db"));
        Assert.StartsWith("nameserver 127.0.0.11\n", Fastrun("exec", "web", "cat", "/etc/resolv.conf").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_HasANewResolver()
    {
        Fastrun("network", "create", "--subnet", "10.77.0.0/24", "app").Exits(0);
        Detached("web", ["--network", "app"], "sleep 600");
        for (int i = 0; i < 3; i++)
        {
            Fastrun("restart", "-t", "0", "web").Exits(0);
            Assert.Equal("10.77.0.2", Dig("web", "web"));
        }

        Assert.True(Processes.Eventually(() => Directory.GetFiles(Path.Combine(Roots.Run, "name-server"), "*-*").Length == 1));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _upstream.Kill(entireProcessTree: true);
            _upstream.WaitForExit();
            _upstream.Dispose();
            foreach (string id in Fastrun("ps", "-aq").Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _ = Fastrun("rm", "-f", id);
            }

            Assert.True(Processes.Eventually(() => !HasNameServer()), "a name server is left");
        }

        base.Dispose(disposing);
    }

    /// <summary>fastrun on a host that has this test's resolv.conf.</summary>
    private Command FastrunCommand(params IReadOnlyList<string> arguments) => HostCommand(
        "unshare",
        ["--mount", "--", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", _resolvConf, Repository.Binary, .. Roots.Options, .. arguments]);

    private CommandResult Fastrun(params IReadOnlyList<string> arguments) => FastrunCommand(arguments).Run();

    private string Exec(string[] flags, string script) =>
        Fastrun(["exec", "--no-workspace", .. flags, Images.Busybox, "--", "sh", "-c", script]).Output;

    private string Detached(string name, string[] flags, string script) =>
        Fastrun(["run", "-d", "--name", name, .. flags, Images.Busybox, "sh", "-c", script]).Output;

    /// <summary>The answers that dig gets in a container's network.</summary>
    private string Dig(string container, params string[] arguments) => Ask(container, ["+short", .. arguments]).Trim();

    private string DigRaw(string container, params string[] arguments) => Ask(container, arguments);

    private string Ask(string container, string[] arguments)
    {
        string pid = Fastrun("inspect", "-f", "{{.State.Pid}}", container).Output;
        return Command.Run("nsenter", [$"--net=/proc/{pid}/ns/net", "--", "dig", "@127.0.0.11", "+tries=1", "+time=50", .. arguments]).Stdout;
    }

    private static long PrivateKibibytes(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(static line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));

    private bool HasNameServer() => NameServers().Count > 0;

    /// <summary>The name servers of this test's roots.</summary>
    private List<int> NameServers() =>
        [.. Processes.With(Roots.Run).Where(static pid => Processes.CommandLine(pid).Contains(" name-server ", StringComparison.Ordinal))];
}
