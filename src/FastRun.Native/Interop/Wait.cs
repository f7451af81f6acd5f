using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/wait.h</c> and <c>asm-generic/siginfo.h</c>.</summary>
internal static class Wait
{
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;
    internal const int __WALL = 0x40000000;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;
    internal const int CLD_EXITED = 1;
}

/// <summary><c>siginfo_t</c> as waitid(2) fills it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct siginfo_chld
{
    internal int si_signo;
    internal int si_errno;
    internal int si_code;
    private readonly int _padding;
    internal int si_pid;
    internal uint si_uid;
    internal int si_status;
}
