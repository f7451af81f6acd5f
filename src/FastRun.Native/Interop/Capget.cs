using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/capability.h</c> and, for capabilities, of <c>linux/prctl.h</c>.</summary>
internal static class Capget
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    internal const int PR_CAPBSET_READ = 23;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
}

/// <summary><c>struct __user_cap_header_struct</c> of <c>linux/capability.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct __user_cap_header_struct
{
    internal uint version;
    internal int pid;
}

/// <summary>
/// The two <c>struct __user_cap_data_struct</c> that version 3 takes: capabilities 0 to 31, then 32 to 63.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct cap_user_data
{
    internal uint effective_low;
    internal uint permitted_low;
    internal uint inheritable_low;
    internal uint effective_high;
    internal uint permitted_high;
    internal uint inheritable_high;
}
