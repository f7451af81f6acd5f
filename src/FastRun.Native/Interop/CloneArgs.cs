using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary><c>struct clone_args</c> of <c>linux/sched.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 88)]
internal struct clone_args
{
    internal ulong flags;
    internal ulong pidfd;
    internal ulong child_tid;
    internal ulong parent_tid;
    internal ulong exit_signal;
    internal ulong stack;
    internal ulong stack_size;
    internal ulong tls;
    internal ulong set_tid;
    internal ulong set_tid_size;
    internal ulong cgroup;
}
