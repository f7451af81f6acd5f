using FastRun.Native.Interop;

namespace FastRun.Native.Capabilities;

/// <summary>The capabilities of the calling thread: what it can hand on to a child.</summary>
public static unsafe class ProcessCapabilities
{
    /// <summary>The permitted set, by one capget(2).</summary>
    public static CapabilitySet Permitted()
    {
        var header = new __user_cap_header_struct { version = Capget._LINUX_CAPABILITY_VERSION_3 };
        cap_user_data data = default;
        SyscallException.Check(
            Kernel.fast_syscall(Sys.capget, (nint)(&header), (nint)(&data), 0, 0, 0, 0), "capget");
        return new CapabilitySet(data.permitted_low | ((ulong)data.permitted_high << 32));
    }

    /// <summary>The bounding set, of which only the members of <paramref name="among"/> are asked for.</summary>
    public static CapabilitySet Bounding(CapabilitySet among)
    {
        CapabilitySet bounding = default;
        foreach (Capability capability in among.Members())
        {
            // EINVAL: a capability newer than the kernel, which it cannot give.
            if (Kernel.fast_syscall(Sys.prctl, Capget.PR_CAPBSET_READ, (nint)capability, 0, 0, 0, 0) == 1)
            {
                bounding = bounding.With(capability);
            }
        }

        return bounding;
    }

    /// <summary>
    /// Which of <paramref name="wanted"/> a child can get: it needs them permitted for capset(2), and in the bounding set
    /// to keep them across execve(2).
    /// </summary>
    public static CapabilitySet Available(CapabilitySet wanted) => Bounding(wanted & Permitted());
}
