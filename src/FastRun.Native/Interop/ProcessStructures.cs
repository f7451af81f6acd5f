using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary><c>struct rlimit64</c> of <c>linux/resource.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct rlimit64
{
    internal ulong rlim_cur;
    internal ulong rlim_max;
}

/// <summary><c>struct sock_fprog</c> of <c>linux/filter.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct sock_fprog
{
    internal ushort len;
    internal nint filter;
}

/// <summary>The kernel's <c>struct sigaction</c> (<c>asm/signal.h</c>), all zero being SIG_DFL.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct kernel_sigaction
{
    internal nint handler;
    internal ulong flags;
    internal nint restorer;
    internal ulong mask;
}
