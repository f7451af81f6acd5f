using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/bpf.h</c> and <c>linux/bpf_common.h</c> that a cgroup device program needs.</summary>
internal static class Bpf
{
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_PROG_ATTACH = 8;
    internal const int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    internal const int BPF_CGROUP_DEVICE = 6;
    internal const int BPF_F_ALLOW_MULTI = 2;

    internal const int BPF_DEVCG_ACC_MKNOD = 1;
    internal const int BPF_DEVCG_ACC_READ = 2;
    internal const int BPF_DEVCG_ACC_WRITE = 4;
    internal const int BPF_DEVCG_DEV_BLOCK = 1;
    internal const int BPF_DEVCG_DEV_CHAR = 2;

    internal const byte BPF_LDX_MEM_W = 0x61;
    internal const byte BPF_ALU64_MOV_X = 0xbf;
    internal const byte BPF_ALU64_MOV_K = 0xb7;
    internal const byte BPF_ALU_AND_K = 0x54;
    internal const byte BPF_ALU_RSH_K = 0x74;
    internal const byte BPF_JMP32_JNE_K = 0x56;
    internal const byte BPF_JMP_EXIT = 0x95;
}

/// <summary><c>struct bpf_insn</c> of <c>linux/bpf.h</c>.</summary>
/// <param name="code">The operation.</param>
/// <param name="registers">The destination in the low four bits, the source in the high ones.</param>
/// <param name="off">Offset of a jump or a load.</param>
/// <param name="imm">The immediate operand.</param>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct bpf_insn(byte code, byte registers, short off, int imm)
{
    internal byte code = code;
    internal byte registers = registers;
    internal short off = off;
    internal int imm = imm;
}

/// <summary><c>union bpf_attr</c> of <c>linux/bpf.h</c>, the part of BPF_PROG_LOAD.</summary>
[StructLayout(LayoutKind.Sequential, Size = 72)]
internal unsafe struct bpf_attr_prog_load
{
    internal uint prog_type;
    internal uint insn_cnt;
    internal ulong insns;
    internal ulong license;
    internal uint log_level;
    internal uint log_size;
    internal ulong log_buf;
    internal uint kern_version;
    internal uint prog_flags;
    internal fixed byte prog_name[16];
    internal uint prog_ifindex;
    internal uint expected_attach_type;
}

/// <summary><c>union bpf_attr</c> of <c>linux/bpf.h</c>, the part of BPF_PROG_ATTACH.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct bpf_attr_prog_attach
{
    internal uint target_fd;
    internal uint attach_bpf_fd;
    internal uint attach_type;
    internal uint attach_flags;
    internal uint replace_bpf_fd;
}
