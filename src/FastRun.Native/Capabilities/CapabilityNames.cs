using System;

namespace FastRun.Native.Capabilities;

/// <summary>Names of capabilities: a table, so that no reflection over the enumeration is needed.</summary>
public static class CapabilityNames
{
    private const string Prefix = "CAP_";

    private static readonly string[] s_names =
    [
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_DAC_READ_SEARCH",
        "CAP_FOWNER",
        "CAP_FSETID",
        "CAP_KILL",
        "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE",
        "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN",
        "CAP_NET_RAW",
        "CAP_IPC_LOCK",
        "CAP_IPC_OWNER",
        "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE",
        "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT",
        "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME",
        "CAP_SYS_TTY_CONFIG",
        "CAP_MKNOD",
        "CAP_LEASE",
        "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN",
        "CAP_SYSLOG",
        "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ",
        "CAP_PERFMON",
        "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>How many capabilities this release knows.</summary>
    public static int Count => s_names.Length;

    /// <summary>The kernel's name, for example <c>CAP_CHOWN</c>.</summary>
    public static string Name(this Capability capability) =>
        (uint)capability < (uint)s_names.Length ? s_names[(int)capability] : $"CAP_{(int)capability}";

    /// <summary>Finds a capability by name, with or without <c>CAP_</c>, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out Capability capability)
    {
        ReadOnlySpan<char> stem = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
        for (int i = 0; i < s_names.Length; i++)
        {
            if (stem.Equals(s_names[i].AsSpan(Prefix.Length), StringComparison.OrdinalIgnoreCase))
            {
                capability = (Capability)i;
                return true;
            }
        }

        capability = default;
        return false;
    }
}
