using FastRun.Native.Capabilities;

namespace FastRun.Engine.RuntimeSpec;

/// <summary>What a container holds when nothing else is asked for: Docker's list.</summary>
public static class DefaultCapabilities
{
    /// <summary>The set.</summary>
    public static CapabilitySet Set { get; } = CapabilitySet.Of(
        Capability.CAP_CHOWN,
        Capability.CAP_DAC_OVERRIDE,
        Capability.CAP_FSETID,
        Capability.CAP_FOWNER,
        Capability.CAP_MKNOD,
        Capability.CAP_NET_RAW,
        Capability.CAP_SETGID,
        Capability.CAP_SETUID,
        Capability.CAP_SETFCAP,
        Capability.CAP_SETPCAP,
        Capability.CAP_NET_BIND_SERVICE,
        Capability.CAP_SYS_CHROOT,
        Capability.CAP_KILL,
        Capability.CAP_AUDIT_WRITE);
}
