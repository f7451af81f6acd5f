using System;
using System.Collections.Generic;
using FastRun.Native.Capabilities;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>
/// Docker's default profile (docs.docker.com/engine/security/seccomp), which denies what is not listed with EPERM, and what
/// is newer than it with ENOSYS. docs/security.md says where it is stricter.
/// </summary>
internal static partial class DefaultSeccompProfile
{
    private const int EPERM = 1;
    private const int ENOSYS = 38;
    private const ulong SYS_SOCKET = 1;

    /// <summary>CLONE_NEW* but for CLONE_NEWTIME, which clone(2) cannot have.</summary>
    private const ulong NamespaceFlags = 0x7e020000;

    /// <summary>The capabilities that its rules ask for.</summary>
    internal static CapabilitySet RelevantCapabilities { get; } = CapabilitySet.Of(
        Capability.CAP_DAC_READ_SEARCH,
        Capability.CAP_SYS_ADMIN,
        Capability.CAP_SYS_BOOT,
        Capability.CAP_SYS_CHROOT,
        Capability.CAP_SYS_MODULE,
        Capability.CAP_SYS_PACCT,
        Capability.CAP_SYS_PTRACE,
        Capability.CAP_SYS_RAWIO,
        Capability.CAP_SYS_TIME,
        Capability.CAP_SYS_TTY_CONFIG,
        Capability.CAP_SYS_NICE,
        Capability.CAP_SYSLOG,
        Capability.CAP_BPF,
        Capability.CAP_PERFMON);

    /// <summary>The profile for a machine: all ABIs that it can run.</summary>
    internal static SeccompProfile For(SeccompHost host)
    {
        List<SeccompRule> rules = [Allow(Words(Unconditional))];
        AddArguments(rules);
        AddArchitectures(rules);
        AddCapabilities(rules);
        List<SyscallAbi> abis = [host.Native, .. host.Compatible];
        return new SeccompProfile(SeccompAction.Errno(EPERM), abis, rules);
    }

    private static void AddArguments(List<SeccompRule> rules)
    {
        // Linux, and what setarch(8) asks for: 32-bit, a short machine name, and to say what it is.
        foreach (ulong personality in (ReadOnlySpan<ulong>)[0, 0x8, 0x20000, 0x20008, 0xffffffff])
        {
            rules.Add(AllowIf("personality", new ArgumentCondition(0, ComparisonOperator.Equal, personality)));
        }

        // Not AF_ALG (38): a large part of the kernel that nothing in a container needs. Not AF_VSOCK (40): it has no
        // namespaces and reaches the hypervisor. Families are listed, not excluded, because the kernel takes an int and
        // looks at the lower half only, where "not equal" compares all 64 bits: 0x100000026 would be let through.
        rules.Add(AllowIf("socket", new ArgumentCondition(0, ComparisonOperator.Less, 38)));
        foreach (ulong family in (ReadOnlySpan<ulong>)[39, 41, 42, 43, 44, 45])
        {
            rules.Add(AllowIf("socket", new ArgumentCondition(0, ComparisonOperator.Equal, family)));
        }

        // i386 can also make sockets by socketcall(SYS_SOCKET, pointer), and a filter cannot see what is behind a pointer:
        // so not that way. With ENOSYS musl falls back on socket(2) itself; the other calls work on a socket that exists.
        rules.Add(AllowIf("socketcall", new ArgumentCondition(0, ComparisonOperator.NotEqual, SYS_SOCKET)));
        rules.Add(new SeccompRule(["socketcall"], SeccompAction.Errno(ENOSYS))
        {
            Conditions = [new ArgumentCondition(0, ComparisonOperator.Equal, SYS_SOCKET)],
        });
    }

    private static void AddArchitectures(List<SeccompRule> rules)
    {
        rules.Add(AllowOn(["amd64"], "arch_prctl modify_ldt"));
        rules.Add(AllowOn(
            ["arm64"], "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2"));
    }

    private static void AddCapabilities(List<SeccompRule> rules)
    {
        rules.Add(AllowWith(Capability.CAP_DAC_READ_SEARCH, "open_by_handle_at"));
        rules.Add(AllowWith(
            Capability.CAP_SYS_ADMIN,
            """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr
            lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl
            quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
            """));
        RuleFilter administrator = new() { Capabilities = CapabilitySet.Of(Capability.CAP_SYS_ADMIN) };
        rules.Add(AllowIf("clone", new ArgumentCondition(0, ComparisonOperator.MaskedEqual, NamespaceFlags)) with
        {
            Excludes = administrator,
        });

        // Its flags are behind a pointer; libc falls back on clone(2).
        rules.Add(new SeccompRule(["clone3"], SeccompAction.Errno(ENOSYS)) { Excludes = administrator });
        rules.Add(AllowWith(Capability.CAP_SYS_BOOT, "reboot"));
        rules.Add(AllowWith(Capability.CAP_SYS_CHROOT, "chroot"));
        rules.Add(AllowWith(Capability.CAP_SYS_MODULE, "delete_module finit_module init_module"));
        rules.Add(AllowWith(Capability.CAP_SYS_PACCT, "acct"));

        // ptrace, process_vm_readv and process_vm_writev are with the unconditional ones: since kernel 4.8 tracing is no way
        // around a filter, and older kernels are not supported.
        rules.Add(AllowWith(Capability.CAP_SYS_PTRACE, "kcmp pidfd_getfd process_madvise"));
        rules.Add(AllowWith(Capability.CAP_SYS_RAWIO, "ioperm iopl"));
        rules.Add(AllowWith(Capability.CAP_SYS_TIME, "clock_settime clock_settime64 settimeofday stime"));
        rules.Add(AllowWith(Capability.CAP_SYS_TTY_CONFIG, "vhangup"));
        rules.Add(AllowWith(Capability.CAP_SYS_NICE, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"));
        rules.Add(AllowWith(Capability.CAP_SYSLOG, "syslog"));
        rules.Add(AllowWith(Capability.CAP_BPF, "bpf"));
        rules.Add(AllowWith(Capability.CAP_PERFMON, "perf_event_open"));
    }

    private static SeccompRule Allow(IReadOnlyList<string> names) => new(names, SeccompAction.Allow);

    private static SeccompRule AllowIf(string name, ArgumentCondition condition) =>
        Allow([name]) with { Conditions = [condition] };

    private static SeccompRule AllowOn(string[] architectures, string names) =>
        Allow(Words(names)) with { Includes = new RuleFilter { Architectures = architectures } };

    private static SeccompRule AllowWith(Capability capability, string names) =>
        Allow(Words(names)) with { Includes = new RuleFilter { Capabilities = CapabilitySet.Of(capability) } };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
