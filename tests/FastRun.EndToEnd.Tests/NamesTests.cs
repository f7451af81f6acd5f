using System;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Host names, name resolution and the network.</summary>
public sealed class NamesTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Hostname_Flag_IsSetAndInHosts()
    {
        string[] lines = Shell("hostname; grep worker /etc/hosts | wc -l; cat /etc/hostname", "--hostname", "worker").Lines;
        Assert.Equal(["worker", "1", "worker"], lines);
    }

    [Fact]
    public void Hostname_Default_IsTheShortId()
    {
        string name = Exec([], "hostname").Output;
        Assert.Matches("^[0-9a-f]{12}$", name);
        Assert.NotEqual(name, Exec([], "hostname").Output);
    }

    [Fact]
    public void AddHost_Flag_AddsLines()
    {
        string[] lines = Exec(["--add-host", "db:10.1.2.3", "--add-host=six:fe80::1"], "cat", "/etc/hosts").Lines;
        Assert.Contains(lines, line => line.Split(['\t', ' ']) is ["10.1.2.3", "db"]);
        Assert.Contains(lines, line => line.Split(['\t', ' ']) is ["fe80::1", "six"]);
        Assert.Contains(lines, line => line.StartsWith("127.0.0.1", StringComparison.Ordinal) && line.Contains("localhost", StringComparison.Ordinal));
    }

    [Fact]
    public void Dns_Flag_IsInResolvConf() =>
        Assert.Contains("nameserver 192.0.2.7", Exec(["--dns", "192.0.2.7"], "cat", "/etc/resolv.conf").Lines);

    [Fact]
    public void Network_None_HasOnlyLoopbackAndItIsUp()
    {
        Assert.Equal("lo", Exec(["--network", "none"], "ls", "/sys/class/net").Output);
        Assert.Contains("UP", Exec(["--network", "none"], "ip", "link", "show", "lo").Output, StringComparison.Ordinal);
        Assert.Equal("0", Exec(["--network=none"], "sh", "-c", "nc -z 127.0.0.1 1 2>/dev/null; ping -c1 -W1 127.0.0.1 >/dev/null; echo $?").Output);
    }

    [Fact]
    public void Network_None_HasDockersSysctls()
    {
        string[] lines = Exec([], "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start", "/proc/sys/net/ipv4/ping_group_range").Lines;
        Assert.Equal("0", lines[0]);
        Assert.Equal("0\t2147483647", lines[1]);
    }

    [Fact]
    public void Network_Host_IsTheHosts()
    {
        string host = Command.Output("readlink", "/proc/self/ns/net");
        Assert.Equal(host, Exec(["--network", "host"], "readlink", "/proc/self/ns/net").Output);
        Assert.NotEqual(host, Exec(["--network", "none"], "readlink", "/proc/self/ns/net").Output);
    }

    [Fact]
    public void Namespaces_AllButTheUsers_AreItsOwn()
    {
        foreach (string name in (string[])["mnt", "pid", "net", "ipc", "uts", "cgroup"])
        {
            Assert.NotEqual(Command.Output("readlink", "/proc/self/ns/" + name), Exec([], "readlink", "/proc/self/ns/" + name).Output);
        }
    }

    [Fact]
    public void Sysctl_OfTheSandboxsNamespaces_IsSet_OthersAreRefused()
    {
        Assert.Equal("4096", Exec(["--sysctl", "kernel.msgmax=4096"], "cat", "/proc/sys/kernel/msgmax").Output);
        Assert.Equal("1", Exec(["--sysctl", "net.ipv4.ip_forward=1"], "cat", "/proc/sys/net/ipv4/ip_forward").Output);
        _ = Exec(["--sysctl", "vm.swappiness=1"], "true").FailsWith(125, "vm.swappiness");
        _ = Exec(["--sysctl", "kernel.core_pattern=|/bin/sh"], "true").FailsWith(125, "kernel.core_pattern");
        _ = Exec(["--network", "host", "--sysctl", "net.ipv4.ip_forward=1"], "true").FailsWith(125, "net.ipv4.ip_forward");
    }
}
