using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>The attacks on container runtimes that became known, each tried on this one.</summary>
public sealed class RuntimeAttacksTests : SandboxTest
{
    private readonly string _canary;
    private readonly string _corePattern = File.ReadAllText("/proc/sys/kernel/core_pattern");

    public RuntimeAttacksTests(TestImages images)
        : base(images)
    {
        _canary = Roots.NewDirectory("canary");
        File.WriteAllText(Path.Combine(_canary, "passwd"), "hostonly:x:0:0::/:/bin/sh\n");
        File.WriteAllText(Path.Combine(_canary, "file"), "untouched");
    }

    [Theory]
    [InlineData("#!/proc/self/exe\n")]
    [InlineData("#!/proc/self/exe version\n")]
    [InlineData("#!/proc/thread-self/exe version\n")]
    [InlineData("#!/link version\n")]
    [InlineData("#!/other\n")]
    public void Cve_2019_5736_EntrypointIsProcSelfExe_TheEngineDoesNotRunInTheContainer(string script)
    {
        byte[] before = SHA256.HashData(File.ReadAllBytes(Repository.Binary));
        string image = Image(new LayerTar()
            .File("script", script, mode: 0x1ED).File("other", "#!/link version\n", mode: 0x1ED).SymbolicLink("link", "/proc/1/exe"));
        foreach (string[] form in (string[][])[["exec", "--no-workspace", image, "--"], ["run", "--rm", image], ["run", "--name", "attack", image]])
        {
            CommandResult result = FastRun([.. form, "/script"]).Run().Exits(126);
            Assert.Equal(("", "fastrun: a script names the engine as its interpreter: it is not executed\n"), (result.Stdout, result.Stderr));
        }

        FastRun("rm", "attack").Run().Exits(0);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(Repository.Binary)));
    }

    [Fact]
    public void Cve_2019_5736_WriterOfEveryProcExe_NeverSeesTheBinary()
    {
        byte[] before = SHA256.HashData(File.ReadAllBytes(Repository.Binary));
        string output = Probe(["--init"], "overwrite", "1").Output;
        Assert.DoesNotContain("writable", output, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(Repository.Binary)));
    }

    [Fact]
    public void Cve_2024_21626_WorkdirIsALeakedDescriptor_IsNoWayOut()
    {
        string[] words = [.. ExecCommand([], "true").Arguments];
        for (int descriptor = 3; descriptor <= 64; descriptor += descriptor < 20 ? 1 : 11)
        {
            foreach (string directory in (string[])[$"/proc/self/fd/{descriptor}", $"/proc/self/fd/{descriptor}/../..", $"/proc/1/fd/{descriptor}"])
            {
                string[] command = [.. words.Take(6), "-w", directory, .. words.Skip(6).SkipLast(1), "ls", _canary];
                CommandResult result = Command.Run("bash", ["-c", "exec 8</ 9</etc 10</; exec \"$@\"", "bash", Repository.Binary, .. command]);
                Assert.NotEqual(0, result.ExitCode);
                Assert.DoesNotContain("passwd", result.Stdout, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Cve_2016_9962_DescriptorsOfTheCaller_AreNotPassedOn()
    {
        string[] words = ["exec", "--no-workspace", Images.Probe, "--", "/probe", "descriptors"];
        CommandResult result = Command.Run(
            "bash", ["-c", "exec 7</ 8</etc 9<>/dev/null 40</; exec \"$@\"", "bash", Repository.Binary, .. Roots.Options, .. words]);
        Assert.Equal(["0", "1", "2"], result.Lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("proc", "/etc")]
    [InlineData("proc", "../../../../../../..")]
    [InlineData("sys", "/proc")]
    [InlineData("dev", "/../../../../canary")]
    [InlineData("dev", "/proc/self/root")]
    [InlineData("etc", "/proc/self/root/etc")]
    public void Cve_2023_27561_StandardDirectoryIsASymbolicLink_StaysInside(string name, string target)
    {
        target = target.Replace("/canary", _canary, StringComparison.Ordinal);
        string before = File.ReadAllText("/proc/self/mountinfo");
        string image = Image(new LayerTar().Whiteout(".", name).SymbolicLink(name, target));

        CommandResult result = FastRun("exec", "--no-workspace", image, "--", "sh", "-c", "awk '$5 == \"/proc\" { print $9 }' /proc/self/mountinfo").Run();

        if (result.ExitCode != 0)
        {
            _ = result.FailsWith(125);
        }

        Assert.Equal(Mounts(before), Mounts(File.ReadAllText("/proc/self/mountinfo")));
        Unharmed();
    }

    [Fact]
    public void Cve_2025_31133_DevNullOfTheImageIsALink_MasksStillHold()
    {
        string image = Image(new LayerTar().Directory("dev").SymbolicLink("dev/null", "/proc/sys/kernel/core_pattern")
            .SymbolicLink("dev/console", "/proc/sys/kernel/core_pattern").SymbolicLink("dev/pts", "/proc/sys"));
        CommandResult result = FastRun(
            "exec", "--no-workspace", image, "--", "sh", "-c", "head -c1 /proc/kcore | wc -c; echo attacked > /proc/sys/kernel/core_pattern; echo x > /dev/null && stat -c %t:%T /dev/null").Run();
        Assert.Equal("0\n1:3", result.Output);
        Unharmed();
    }

    [Fact]
    public void Cve_2025_52565_ConsoleOfTheImageIsALink_TerminalStaysInside()
    {
        string image = Image(new LayerTar().Directory("dev").SymbolicLink("dev/console", "/proc/sys/kernel/core_pattern"));
        using PseudoTerminal terminal = new(FastRun("exec", "--no-workspace", "-it", image, "--", "sh", "-c", "echo attacked > /dev/console; echo end"));
        _ = terminal.Wait();
        Unharmed();
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/sys")]
    [InlineData("/proc/self/attr")]
    [InlineData("/sys/../proc/sys")]
    public void Cve_2025_52881_MountOverProc_IsRefused(string target)
    {
        string image = Image(new LayerTar().SymbolicLink("link", "/proc"));
        CommandResult result = FastRun("exec", "--no-workspace", "-v", $"{_canary}:{target}", image, "--", "true").Run();
        _ = result.FailsWith(125);
        Unharmed();
    }

    [Theory]
    [InlineData("/link/sys")]
    [InlineData("/link/self/attr")]
    public void Cve_2025_52881_MountOverProcThroughALink_IsNotThere(string target)
    {
        string image = Image(new LayerTar().SymbolicLink("link", "/proc"));
        CommandResult result = FastRun("exec", "--no-workspace", "-v", $"{_canary}:{target}", image, "--", "cat", target + "/file").Run();
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("", result.Stdout);
        Unharmed();
    }

    [Theory]
    [InlineData("/link/new")]
    [InlineData("/up/new")]
    [InlineData("/magic/new")]
    public void Cve_2021_30465_MountTargetThroughALink_StaysInside(string target)
    {
        string image = Image(new LayerTar().SymbolicLink("link", _canary).SymbolicLink("up", "../../../../../../../.." + _canary)
            .SymbolicLink("magic", "/proc/self/root" + _canary));
        string source = Roots.NewDirectory("source");
        CommandResult result = FastRun("exec", "--no-workspace", "-v", $"{source}:{target}", image, "--", "touch", target + "/file").Run();
        if (result.ExitCode == 0)
        {
            Assert.True(File.Exists(Path.Combine(source, "file")));
        }

        Assert.False(Directory.Exists(Path.Combine(_canary, "new")));
        Unharmed();
    }

    [Fact]
    public void Cve_2021_30465_TargetSwappedWhileStarting_StaysInside()
    {
        string before = File.ReadAllText("/proc/self/mountinfo");
        string shared = Roots.NewDirectory("shared");
        string source = Roots.NewDirectory("source");
        using System.Diagnostics.Process swapper = new Command(
            "sh", "-c", $"cd {shared}; mkdir a; while :; do mv a b; ln -s {_canary} a; rm a; mv b a; done").Start();
        try
        {
            for (int round = 0; round < 30; round++)
            {
                _ = Exec(["-v", shared + ":/shared", "-v", source + ":/shared/a/new"], "true");
            }
        }
        finally
        {
            swapper.Kill();
        }

        Assert.False(Directory.Exists(Path.Combine(_canary, "new")));
        Assert.Equal(Mounts(before), Mounts(File.ReadAllText("/proc/self/mountinfo")));
        Unharmed();
    }

    [Fact]
    public void Cve_2022_0492_ReleaseAgent_CannotBeReached()
    {
        CommandResult result = Shell("""
            for f in $(find /sys/fs/cgroup -name release_agent -o -name notify_on_release -o -name cgroup.procs 2>/dev/null); do
              echo 1 > $f && echo "written: $f"
            done 2>/dev/null
            mkdir /tmp/c; mount -t cgroup -o rdma none /tmp/c && echo mounted
            mount -t cgroup2 none /tmp/c && echo mounted
            unshare -UrmC true && echo unshared
            :
            """);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void Cve_2022_24769_InheritableCapabilitiesOfTheCaller_AreNotPassedOn()
    {
        CommandResult result = Command.Run(
            "setpriv", ["--inh-caps=+chown,+net_admin", Repository.Binary, .. ExecCommand([], "grep", "CapInh", "/proc/self/status").Arguments]);
        Assert.Equal("CapInh:\t0000000000000000", result.Output);
    }

    [Fact]
    public void Cve_2022_23648_VolumeOfTheImageAtALinkToTheHost_CopiesNothing()
    {
        string image = Image(
            new LayerTar().SymbolicLink("vol", _canary).SymbolicLink("up", "../../../../../../.." + _canary),
            new JsonObject { ["Volumes"] = new JsonObject { ["/vol"] = new JsonObject(), ["/up"] = new JsonObject(), ["/../.." + _canary] = new JsonObject() } });
        CommandResult result = FastRun("exec", "--no-workspace", image, "--", "sh", "-c", $"cat /vol/* /up/* {_canary}/* 2>/dev/null; chown 1:1 /vol /up; :").Run();
        Assert.Equal("", result.Stdout);
        Unharmed();
    }

    [Fact]
    public void Cve_2020_15257_NoAbstractSocket()
    {
        string sockets = Exec(["--network", "host"], "cat", "/proc/net/unix").Output;
        Assert.DoesNotContain(sockets.Split('\n'), line => line.Contains('@', StringComparison.Ordinal) && line.Contains("fastrun", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("fifo")]
    [InlineData("device")]
    [InlineData("directory")]
    [InlineData("huge")]
    public void HostilePasswd_IsABoundedError(string kind)
    {
        LayerTar layer = new LayerTar().Directory("etc");
        _ = kind switch
        {
            "link" => layer.SymbolicLink("etc/passwd", "../../../../../../../.." + _canary + "/passwd"),
            "fifo" => layer.Fifo("etc/passwd"),
            "device" => layer.CharacterDevice("etc/passwd", 1, 5),
            "directory" => layer.Whiteout("etc", "passwd").Directory("etc/passwd"),
            _ => layer.File("etc/passwd", new byte[256 * 1024 * 1024]),
        };
        CommandResult result = FastRun("exec", "--no-workspace", "-u", "hostonly", Image(layer), "--", "id").Run();
        _ = result.FailsWith(125);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(20), result.ToString());
    }

    [Fact]
    public void ProgramsInPath_AreNeverRunByTheEngine()
    {
        string trojans = Roots.NewDirectory("trojans");
        foreach (string name in (string[])["gzip", "unpigz", "pigz", "xz", "zstd", "tar", "mount", "umount", "ip", "iptables", "nsenter", "newuidmap", "runc", "modprobe"])
        {
            string path = Path.Combine(trojans, name);
            File.WriteAllText(path, $"#!/bin/sh\ntouch {trojans}/ran-{name}\n");
            File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        }

        Command command = ExecCommand(["--memory", "64m"], "true") with
        {
            Environment = new Dictionary<string, string?> { ["PATH"] = trojans },
        };
        _ = command.Run().Exits(0);
        Assert.Empty(Directory.GetFiles(trojans, "ran-*"));
    }

    [Theory]
    [InlineData("--env-file", "/dev/zero")]
    [InlineData("--security-opt", "seccomp=/dev/zero")]
    public void EndlessInputFile_IsABoundedError(string flag, string value) =>
        (ExecCommand([flag, value], "true") with { Timeout = TimeSpan.FromSeconds(20) }).Run().FailsWith(125, "/dev/zero");

    [Fact]
    public void ProcessesOfTheHost_CannotBeSeenOrSignalled()
    {
        string own = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _ = Exec(["--network", "host"], "test", "-d", "/proc/" + own + "/task/" + own + "/children").Exits(1);
        _ = Shell($"kill -0 {own}").Exits(1);
    }

    private string Image(LayerTar top, JsonObject? config = null)
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "hostile"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), top.ToArray()], config: config);
        return layout.Reference;
    }

    // Other tests and programs mount and unmount meanwhile, below temporary directories of their own.
    private static string[] Mounts(string mountInfo) =>
    [
        .. mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[4])
            .Where(target => !target.StartsWith(Path.GetTempPath(), StringComparison.Ordinal) && !target.Contains("fastrun-e2e-", StringComparison.Ordinal)),
    ];

    private void Unharmed()
    {
        Assert.Equal(_corePattern, File.ReadAllText("/proc/sys/kernel/core_pattern"));
        Assert.Equal(["file", "passwd"], Directory.GetFileSystemEntries(_canary).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("untouched", File.ReadAllText(Path.Combine(_canary, "file")));
        Assert.Equal("0:0", Command.Output("stat", "-c", "%u:%g", _canary));
    }
}
