using FastRun.Native.Capabilities;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>Steps on capabilities. Their order: the bounding set first, while CAP_SETPCAP is held; identity; then the rest.</summary>
public sealed partial class LaunchTape
{
    /// <summary>
    /// Drops everything but <paramref name="kept"/> from the bounding set, so that no execve(2) can bring it back, and
    /// empties the ambient set.
    /// </summary>
    /// <param name="kept">What stays.</param>
    /// <param name="last">The newest capability to drop; one that the kernel does not know gives EINVAL, which is tolerated.</param>
    public void DropBoundingCapabilities(CapabilitySet kept, int last = 40)
    {
        Add(Sys.prctl, Capget.PR_CAP_AMBIENT, Capget.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        for (int capability = 0; capability <= last; capability++)
        {
            if (!kept.Contains((Capability)capability))
            {
                Add(Sys.prctl, Capget.PR_CAPBSET_DROP, capability, 0, 0, 0, tolerated: Errno.EINVAL);
            }
        }
    }

    /// <summary>capset(2): permitted and effective become <paramref name="capabilities"/>, inheritable becomes empty.</summary>
    public void SetCapabilities(CapabilitySet capabilities)
    {
        uint low = (uint)capabilities.Mask;
        uint high = (uint)(capabilities.Mask >> 32);
        nint header = Structure(new __user_cap_header_struct { version = Capget._LINUX_CAPABILITY_VERSION_3 });
        nint data = Structure(new cap_user_data
        {
            effective_low = low,
            permitted_low = low,
            effective_high = high,
            permitted_high = high,
        });
        Add(Sys.capset, header, data);
    }
}
