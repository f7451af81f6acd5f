using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>What a sandbox may do when nothing is asked for: the list of docs/security.md, point by point.</summary>
public sealed class SecurityDefaultsTests(TestImages images) : SandboxTest(images)
{
    private const string DefaultCapabilities = "00000000a80425fb";

    [Fact]
    public void Capabilities_Default_AreDockersFourteen()
    {
        string[] status = Exec([], "grep", "^Cap", "/proc/self/status").Lines;
        Assert.Equal(
            [
                "CapInh:\t0000000000000000", "CapPrm:\t" + DefaultCapabilities, "CapEff:\t" + DefaultCapabilities,
                "CapBnd:\t" + DefaultCapabilities, "CapAmb:\t0000000000000000",
            ],
            status);
    }

    [Theory]
    [InlineData("--cap-drop ALL", "0000000000000000")]
    [InlineData("--cap-drop all --cap-add NET_ADMIN", "0000000000001000")]
    [InlineData("--cap-drop CAP_CHOWN --cap-drop=mknod", "00000000a00425fa")]
    [InlineData("--cap-add sys_ptrace", "00000000a80c25fb")]
    public void Capabilities_AddedAndDropped_AreExactlyThese(string flags, string expected)
    {
        string[] status = Exec(flags.Split(' '), "grep", "^Cap\\(Eff\\|Bnd\\)", "/proc/self/status").Lines;
        Assert.Equal(["CapEff:\t" + expected, "CapBnd:\t" + expected], status);
    }

    [Fact]
    public void Capabilities_AddAll_AreAllThatThisHostCanGive()
    {
        string host = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapBnd", StringComparison.Ordinal));
        Assert.Equal(host, Exec(["--cap-add", "ALL"], "grep", "CapBnd", "/proc/self/status").Output);
        Assert.Equal(host, Exec(["--privileged"], "grep", "CapBnd", "/proc/self/status").Output);
    }

    [Fact]
    public void Capabilities_Unknown_IsRefused() => Exec(["--cap-add", "FLY"], "true").FailsWith(125, "FLY");

    [Fact]
    public void Seccomp_Default_DeniesWhatDockersDenies()
    {
        Dictionary<string, string> results = ByName(Probe([], "denied"));

        // ENOSYS where a libc has another way (clone, socket) and must find out that it has to take it.
        string[] notThere = ["clone3", "newer-than-known", "socketcall32-alg"];
        Assert.All(results, result => Assert.Equal((result.Key, notThere.Contains(result.Key) ? "ENOSYS" : "EPERM"), (result.Key, result.Value)));
    }

    [Fact]
    public void Seccomp_Default_AllowsWhatProgramsNeed() =>
        Assert.All(ByName(Probe([], "allowed")), result => Assert.Equal("ok", result.Value));

    [Fact]
    public void Seccomp_Mode_IsFilter_AndNoneWhenUnconfined()
    {
        Assert.Equal("Seccomp:\t2", Exec([], "grep", "^Seccomp:", "/proc/self/status").Output);
        Assert.Equal("Seccomp:\t0", Exec(["--security-opt", "seccomp=unconfined"], "grep", "^Seccomp:", "/proc/self/status").Output);
        Assert.Equal("Seccomp:\t0", Exec(["--privileged"], "grep", "^Seccomp:", "/proc/self/status").Output);
    }

    [Fact]
    public void Seccomp_SysAdmin_OpensItsCalls()
    {
        Dictionary<string, string> results = ByName(Probe(["--cap-add", "SYS_ADMIN"], "denied"));
        Assert.Equal("ok", results["unshare-mount"]);
        Assert.Equal("EINVAL", results["clone3"]);
        Assert.Equal("EPERM", results["keyctl"]);
    }

    [Fact]
    public void Seccomp_ProfileFile_IsCompiledAndApplied()
    {
        string profile = Roots.NewFile("profile.json", """
            {
              "defaultAction": "SCMP_ACT_ALLOW",
              "syscalls": [
                { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95 },
                { "names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 0, "value": 1, "op": "SCMP_CMP_EQ" }] }
              ]
            }
            """);
        CommandResult result = Exec(["--security-opt", "seccomp=" + profile], "mkdir", "/new").Exits(1);
        Assert.Contains("not supported", result.Stderr, StringComparison.OrdinalIgnoreCase);
        Dictionary<string, string> allowed = ByName(Probe(["--security-opt", "seccomp=" + profile], "allowed"));
        Assert.Equal("EPERM", allowed["socket-unix"]);
        Assert.Equal("ok", allowed["socket-inet"]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"defaultAction":"SCMP_ACT_DANCE"}""")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","args":[{"index":9,"value":0,"op":"SCMP_CMP_EQ"}]}]}""")]
    public void Seccomp_BadProfile_IsRefused(string json)
    {
        string profile = Roots.NewFile("profile.json", json);
        _ = Exec(["--security-opt", "seccomp=" + profile], "true").FailsWith(125, "seccomp");
    }

    [Fact]
    public void MaskedPaths_ShowNothing()
    {
        CommandResult result = Shell("""
            for f in /proc/kcore /proc/keys /proc/timer_list /proc/interrupts /proc/sched_debug /proc/latency_stats; do
              [ ! -e $f ] || [ "$(head -c1 $f | wc -c)" = 0 ] || echo "readable: $f"
            done
            for d in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do
              [ ! -e $d ] || [ -z "$(ls -A $d)" ] || echo "not empty: $d"
            done
            """);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void ReadOnlyPaths_CannotBeWritten()
    {
        CommandResult result = Shell("""
            for d in bus fs irq sys sysrq-trigger; do
              [ ! -e /proc/$d ] || grep -q " /proc/$d ro," /proc/self/mountinfo || awk -v d=/proc/$d '$5 == d { print $6 }' /proc/self/mountinfo | grep -q '^ro' || echo "writable: $d"
            done
            for f in sys/kernel/core_pattern sys/kernel/hostname sysrq-trigger; do
              [ ! -e /proc/$f ] || ! echo x > /proc/$f || echo "written: $f"
            done
            """);
        Assert.Equal("", result.Stdout);
        Assert.Contains("Read-only file system", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc", "proc", "rw,nosuid,nodev,noexec")]
    [InlineData("/dev", "tmpfs", "rw,nosuid")]
    [InlineData("/dev/pts", "devpts", "rw,nosuid,noexec")]
    [InlineData("/dev/mqueue", "mqueue", "rw,nosuid,nodev,noexec")]
    [InlineData("/dev/shm", "tmpfs", "rw,nosuid,nodev,noexec")]
    [InlineData("/sys", "sysfs", "ro,nosuid,nodev,noexec")]
    public void Mounts_Standard_HaveDockersTypeAndFlags(string target, string type, string flags)
    {
        string[] fields = Exec([], "awk", "-v", "t=" + target, "$5 == t", "/proc/self/mountinfo").Output.Split(' ');
        string[] options = [.. fields[5].Split(',').Where(option => option is not ("relatime" or "strictatime"))];
        Assert.Equal(flags.Split(',').Order(StringComparer.Ordinal), options.Order(StringComparer.Ordinal));
        Assert.Equal(type, fields[Array.IndexOf(fields, "-") + 1]);
    }

    [Fact]
    public void Cgroup_Mount_IsReadOnly()
    {
        string[] lines = Exec([], "awk", "$5 ~ \"^/sys/fs/cgroup\" { print $6 }", "/proc/self/mountinfo").Lines;
        Assert.NotEmpty(lines);
        Assert.All(lines, options => Assert.Contains("ro", options.Split(',')));
        Assert.All(Exec([], "cat", "/proc/self/cgroup").Lines, line => Assert.EndsWith(":/", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Dev_Default_HasExactlyDockersNodesAndLinks()
    {
        string[] names = Exec([], "ls", "/dev").Lines;
        Assert.Equal(["core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"], names);
        string[] nodes = Shell("cd /dev; stat -c '%n %a %t:%T' full null random tty urandom zero").Lines;
        Assert.Equal(["full 666 1:7", "null 666 1:3", "random 666 1:8", "tty 666 5:0", "urandom 666 1:9", "zero 666 1:5"], nodes);
    }

    [Fact]
    public void Devices_MadeBySandbox_CannotBeOpened()
    {
        string[] lines = Shell("mknod /tmp/disk b 7 0 && (head -c1 /tmp/disk; true) 2>&1; mknod /tmp/null c 1 3 && echo x > /tmp/null && echo written").Lines;
        Assert.Contains("Operation not permitted", lines[0], StringComparison.Ordinal);
        Assert.Equal("written", lines[^1]);
    }

    [Fact]
    public void SessionKeyring_IsNeitherTheCallersNorSharedBetweenSandboxes()
    {
        string[] flags = ["--security-opt", "seccomp=unconfined"];
        string first = Probe(flags, "session-keyring").Output;
        string second = Probe(flags, "session-keyring").Output;
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Descriptors_OnlyStandardOnesAreOpen()
    {
        string[] numbers = [.. Probe([], "descriptors").Lines.Select(line => line.Split(' ')[0])];
        Assert.Equal(["0", "1", "2"], numbers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Privileged_SeesNoMasksAndAllDevices()
    {
        Assert.Equal("no masks", Shell("grep -q ' /proc/kcore ' /proc/self/mountinfo || echo no masks", "--privileged").Output);
        Assert.Equal("yes", Shell("[ -e /dev/kmsg ] && echo yes", "--privileged").Output);
        Assert.Equal("written", Shell("mkdir /tmp/m && mount -t tmpfs none /tmp/m && echo written", "--privileged").Output);
    }

    [Fact]
    public void StateRoots_AreClosedToOtherUsers()
    {
        _ = Exec([], "true").Exits(0);
        UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite | UnixFileMode.GroupRead;
        string[] roots = [.. ((string[])[Roots.Data, Roots.Run]).Where(Directory.Exists)];
        Assert.All(roots, root => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(root) & others));
    }

    private static Dictionary<string, string> ByName(CommandResult result) =>
        result.Lines.ToDictionary(line => line.Split(' ')[0], line => line.Split(' ')[1]);
}
