using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/seccomp.h</c>.</summary>
internal static class Seccomp
{
    internal const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    internal const uint SECCOMP_RET_KILL_THREAD = 0;
    internal const uint SECCOMP_RET_TRAP = 0x00030000;
    internal const uint SECCOMP_RET_ERRNO = 0x00050000;
    internal const uint SECCOMP_RET_TRACE = 0x7ff00000;
    internal const uint SECCOMP_RET_LOG = 0x7ffc0000;
    internal const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    internal const uint SECCOMP_RET_DATA = 0x0000ffff;
}

/// <summary>Constants of <c>linux/audit.h</c>.</summary>
internal static class Audit
{
    internal const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    internal const uint AUDIT_ARCH_I386 = 0x40000003;
    internal const uint AUDIT_ARCH_AARCH64 = 0xc00000b7;
    internal const uint AUDIT_ARCH_ARM = 0x40000028;
}

/// <summary>Classic BPF of <c>linux/filter.h</c> and <c>linux/bpf_common.h</c>: the operations that seccomp filters use.</summary>
internal static class ClassicBpf
{
    internal const int BPF_MAXINSNS = 4096;

    internal const ushort BPF_LD = 0x00;
    internal const ushort BPF_ALU = 0x04;
    internal const ushort BPF_JMP = 0x05;
    internal const ushort BPF_RET = 0x06;
    internal const ushort BPF_W = 0x00;
    internal const ushort BPF_ABS = 0x20;
    internal const ushort BPF_K = 0x00;
    internal const ushort BPF_AND = 0x50;
    internal const ushort BPF_JA = 0x00;
    internal const ushort BPF_JEQ = 0x10;
    internal const ushort BPF_JGE = 0x30;
    internal const ushort BPF_JSET = 0x40;
}

/// <summary><c>struct sock_filter</c> of <c>linux/filter.h</c>.</summary>
/// <param name="code">The operation.</param>
/// <param name="jt">How many instructions are skipped when a test holds.</param>
/// <param name="jf">How many are skipped when it does not.</param>
/// <param name="k">The operand.</param>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal readonly struct sock_filter(ushort code, byte jt, byte jf, uint k)
{
    internal readonly ushort code = code;
    internal readonly byte jt = jt;
    internal readonly byte jf = jf;
    internal readonly uint k = k;
}

/// <summary><c>struct seccomp_data</c> of <c>linux/seccomp.h</c>: what a filter looks at.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct seccomp_data
{
    internal int nr;
    internal uint arch;
    internal ulong instruction_pointer;
    internal fixed ulong args[6];
}
