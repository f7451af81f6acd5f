using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>
/// The eBPF program (BPF_PROG_TYPE_CGROUP_DEVICE) that decides as a <see cref="DevicePolicy"/> says. It is asked once for
/// each mknod(2) and each open(2) of a device; the programs of all groups above are asked too, and each must agree.
/// </summary>
internal static unsafe class DeviceProgram
{
    // Registers: r1 holds the context until all is loaded from it, then the access that a rule does not allow.
    private const byte R0 = 0;
    private const byte Context = 1;
    private const byte Scratch = 1;
    private const byte Type = 2;
    private const byte Access = 3;
    private const byte Major = 4;
    private const byte Minor = 5;

    /// <summary>Compiles the rules. The first that matches allows; the end denies.</summary>
    internal static bpf_insn[] Compile(IReadOnlyList<DeviceRule> rules)
    {
        // struct bpf_cgroup_dev_ctx: u32 (access << 16) | type, u32 major, u32 minor.
        List<bpf_insn> code =
        [
            new(Bpf.BPF_LDX_MEM_W, Registers(Type, Context), 0, 0),
            new(Bpf.BPF_LDX_MEM_W, Registers(Major, Context), 4, 0),
            new(Bpf.BPF_LDX_MEM_W, Registers(Minor, Context), 8, 0),
            new(Bpf.BPF_ALU64_MOV_X, Registers(Access, Type), 0, 0),
            new(Bpf.BPF_ALU_AND_K, Type, 0, 0xFFFF),
            new(Bpf.BPF_ALU_RSH_K, Access, 0, 16),
        ];
        foreach (DeviceRule rule in rules)
        {
            AddRule(code, rule);
        }

        code.Add(new bpf_insn(Bpf.BPF_ALU64_MOV_K, R0, 0, 0));
        code.Add(new bpf_insn(Bpf.BPF_JMP_EXIT, 0, 0, 0));
        return [.. code];
    }

    /// <summary>Loads a program and attaches it to a cgroup v2 directory.</summary>
    /// <returns>What the kernel said.</returns>
    internal static Errno TryAttach(Fd group, IReadOnlyList<DeviceRule> rules)
    {
        bpf_insn[] code = Compile(rules);
        nint program;
        fixed (bpf_insn* instructions = code)
        fixed (byte* license = "Apache-2.0\0"u8)
        {
            bpf_attr_prog_load load = default;
            load.prog_type = Bpf.BPF_PROG_TYPE_CGROUP_DEVICE;
            load.insn_cnt = (uint)code.Length;
            load.insns = (ulong)instructions;
            load.license = (ulong)license;
            load.expected_attach_type = Bpf.BPF_CGROUP_DEVICE;
            "fastrun_devices"u8.CopyTo(new Span<byte>(load.prog_name, 16));
            program = Kernel.syscall(Sys.bpf, Bpf.BPF_PROG_LOAD, (nint)(&load), sizeof(bpf_attr_prog_load), 0, 0, 0);
        }

        if (program < 0)
        {
            return (Errno)(-program);
        }

        using Fd owned = new((int)program);
        bpf_attr_prog_attach attach = default;
        attach.target_fd = (uint)group.Number;
        attach.attach_bpf_fd = (uint)program;
        attach.attach_type = Bpf.BPF_CGROUP_DEVICE;
        attach.attach_flags = Bpf.BPF_F_ALLOW_MULTI;
        return (Errno)(-Kernel.syscall(
            Sys.bpf, Bpf.BPF_PROG_ATTACH, (nint)(&attach), sizeof(bpf_attr_prog_attach), 0, 0, 0));
    }

    /// <summary>The program's bytes, as the kernel takes them.</summary>
    internal static ReadOnlySpan<byte> Bytes(bpf_insn[] code) => MemoryMarshal.AsBytes<bpf_insn>(code);

    private static void AddRule(List<bpf_insn> code, DeviceRule rule)
    {
        int start = code.Count;
        if (rule.Type != DeviceType.Any)
        {
            int type = rule.Type == DeviceType.Block ? Bpf.BPF_DEVCG_DEV_BLOCK : Bpf.BPF_DEVCG_DEV_CHAR;
            code.Add(new bpf_insn(Bpf.BPF_JMP32_JNE_K, Type, 0, type));
        }

        if (rule.Access != DeviceAccess.All)
        {
            code.Add(new bpf_insn(Bpf.BPF_ALU64_MOV_X, Registers(Scratch, Access), 0, 0));
            code.Add(new bpf_insn(Bpf.BPF_ALU_AND_K, Scratch, 0, ~(int)rule.Access));
            code.Add(new bpf_insn(Bpf.BPF_JMP32_JNE_K, Scratch, 0, 0));
        }

        if (rule.Major is { } major)
        {
            code.Add(new bpf_insn(Bpf.BPF_JMP32_JNE_K, Major, 0, (int)major));
        }

        if (rule.Minor is { } minor)
        {
            code.Add(new bpf_insn(Bpf.BPF_JMP32_JNE_K, Minor, 0, (int)minor));
        }

        code.Add(new bpf_insn(Bpf.BPF_ALU64_MOV_K, R0, 0, 1));
        code.Add(new bpf_insn(Bpf.BPF_JMP_EXIT, 0, 0, 0));

        // Whatever does not match goes on behind the rule.
        int end = code.Count;
        for (int i = start; i < end; i++)
        {
            if (code[i].code == Bpf.BPF_JMP32_JNE_K)
            {
                code[i] = code[i] with { off = (short)(end - i - 1) };
            }
        }
    }

    private static byte Registers(byte destination, byte source) => (byte)(destination | (source << 4));
}
