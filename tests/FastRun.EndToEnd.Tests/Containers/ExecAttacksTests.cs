using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>The attacks on whoever joins a container that runs, each tried on this engine.</summary>
public sealed class ExecAttacksTests : ContainerTest
{
    private readonly string _canary;

    public ExecAttacksTests(TestImages images)
        : base(images)
    {
        _canary = Roots.NewDirectory("canary");
        File.WriteAllText(Path.Combine(_canary, "passwd"), "hostonly:x:0:0::/:/bin/sh\n");
    }

    [Theory]
    [InlineData("/script")]
    [InlineData("/library")]
    public void Cve_2019_5736_CommandWhoseInterpreterIsProcSelfExe_NeverRunsTheEngine(string command)
    {
        byte[] before = SHA256.HashData(File.ReadAllBytes(Repository.Binary));
        Detached(["--name", "box"], "sh", "-c", "printf '#!/proc/self/exe version\n' > /script; printf '#!/proc/self/exe\n' > /library; chmod 755 /script /library; exec sleep 1000");
        Assert.True(Processes.Eventually(() => In("box", "test", "-x", "/library").ExitCode == 0));

        CommandResult result = In("box", command);

        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("FastRun version", result.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown command", result.Stderr, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(Repository.Binary)));
    }

    [Fact]
    public void Cve_2019_5736_ReaderOfEveryProcExeWhileOthersJoin_NeverSeesTheEngine()
    {
        FastRun(["run", "-d", "--name", "box", Images.Probe, "/probe", "overwrite", "1000"]).Run().Exits(0);
        for (int i = 0; i < 100; i++)
        {
            In("box", "/probe", "allowed");
        }

        FastRun("kill", "box").Run().Exits(0);
        string log = FastRun("logs", "box").Run().Output;
        Assert.DoesNotContain(Path.GetFileName(Path.GetFullPath(Repository.Binary)) + " ", log.Replace("fastrun-init", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("writable", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Cve_2016_9962_DescriptorsOfTheCaller_AreNotPassedOn()
    {
        FastRun(["run", "-d", "--name", "box", Images.Probe, "/probe", "overwrite", "1000"]).Run().Exits(0);
        CommandResult result = Command.Run(
            "bash",
            ["-c", "exec 7</ 8</etc 9<>/dev/null 40</; exec \"$@\"", "bash", Repository.Binary, .. Roots.Options, "exec", "box", "/probe", "descriptors"]);
        Assert.Equal(["0", "1", "2"], result.Lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Cve_2024_21626_WorkdirIsALeakedDescriptor_IsNoWayOut()
    {
        Detached(["--name", "box"], "sh", "-c", $"ln -s /proc/self/fd/8 /leak; ln -s ../../../../../../../.. /up; ln -s {_canary} /host; exec sleep 1000");
        Assert.True(Processes.Eventually(() => In("box", "test", "-L", "/host").ExitCode == 0));
        string[] directories =
        [
            .. Enumerable.Range(3, 17).Select(number => $"/proc/self/fd/{number}"), "/proc/self/fd/8/../..", "/proc/1/root", "/proc/self/cwd",
            "/leak", "/up" + _canary, "/host", "/proc/1/fd/3",
        ];
        foreach (string directory in directories)
        {
            CommandResult result = Command.Run(
                "bash",
                ["-c", "exec 8</ 9</etc 10</; exec \"$@\"", "bash", Repository.Binary, .. Roots.Options, "exec", "-w", directory, "box", "ls", _canary, "."]);
            Assert.NotEqual(0, result.ExitCode);
            Assert.DoesNotContain("passwd", result.Stdout, StringComparison.Ordinal);
        }

        // A link that stays inside is an ordinary one.
        Assert.Equal("/", FastRun("exec", "-w", "/up", "box", "pwd").Run().Output);
    }

    [Fact]
    public void Cve_2022_24769_InheritableCapabilitiesOfTheCaller_AreNotPassedOn()
    {
        Detached(["--name", "box"], "sleep", "1000");
        CommandResult result = Command.Run(
            "setpriv", ["--inh-caps=+chown,+net_admin", Repository.Binary, .. Roots.Options, "exec", "box", "grep", "CapInh", "/proc/self/status"]);
        Assert.Equal("CapInh:\t0000000000000000", result.Output);
    }

    [Theory]
    [InlineData("mkfifo /etc/passwd")]
    [InlineData("mkdir /etc/passwd")]
    [InlineData("mknod /etc/passwd c 1 5")]
    [InlineData("truncate -s 1G /etc/passwd")]
    [InlineData("ln -s /proc/self/fd/0 /etc/passwd")]
    public void HostilePasswdInTheContainer_IsABoundedError(string script)
    {
        Detached(["--name", "box"], "sleep", "1000");
        In("box", "sh", "-c", $"rm /etc/passwd; {script}").Exits(0);

        CommandResult result = (FastRun("exec", "-u", "build", "box", "id") with { Timeout = TimeSpan.FromSeconds(60) }).Run();

        result.FailsWith(126);
        In("box", "true").Exits(0);
    }

    [Fact]
    public void PasswdInTheContainerIsALinkToTheHost_StaysInside()
    {
        Detached(["--name", "box"], "sleep", "1000");
        In("box", "ln", "-sf", _canary + "/passwd", "/etc/passwd").Exits(0);
        FastRun("exec", "-u", "hostonly", "box", "id").Run().FailsWith(126, "unable to find user hostonly");
    }

    [Fact]
    public void DevptsOfTheContainerReplaced_IsNotOpened()
    {
        Detached(["--name", "box", "--privileged"], "sleep", "1000");
        In("box", "sh", "-c", "umount -l /dev/pts && rmdir /dev/pts && mkdir /dev/pts && mkfifo /dev/pts/ptmx").Exits(0);
        FastRun("exec", "-t", "box", "true").Run().FailsWith(126, "/dev/pts", "devpts");
        In("box", "sh", "-c", "rm -r /dev/pts && ln -s /tmp /dev/pts").Exits(0);
        FastRun("exec", "-t", "box", "true").Run().FailsWith(126, "/dev/pts");
    }

    [Theory]
    [InlineData("--cap-drop=mknod")]
    [InlineData("--cap-add=sys_ptrace")]
    [InlineData("--privileged")]
    public void ProcessThatJoins_IsOneOfTheContainersFromItsBeginning(string flag)
    {
        // What can be read of a process that is about to join: its program, directories, descriptors and rights.
        Detached(["--name", "box", flag], "sh", "-c", "while :; do for p in /proc/[0-9]*; do readlink $p/exe $p/cwd $p/root $p/fd/*; grep -E '^Cap(Eff|Prm)' $p/status; done; done 2>/dev/null");
        for (int i = 0; i < 60; i++)
        {
            In("box", "true").Exits(0);
        }

        FastRun("kill", "box").Run().Exits(0);
        string[] seen = FastRun("logs", "box").Run().Output.Split('\n');
        Assert.Single(seen.Where(line => line.StartsWith("CapEff", StringComparison.Ordinal)).Distinct());
        Assert.Empty(seen.Where(line => line.Contains(Roots.Top, StringComparison.Ordinal) || line.EndsWith("/fastrun", StringComparison.Ordinal)).Distinct());
    }

    private CommandResult In(string container, params IReadOnlyList<string> command) => FastRun(["exec", container, .. command]).Run();
}
