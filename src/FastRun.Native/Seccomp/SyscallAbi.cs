using System;
using System.Collections.Generic;
using FastRun.Native.Interop;
using FastRun.Native.Seccomp.Tables;

namespace FastRun.Native.Seccomp;

/// <summary>One way of making system calls: what a filter sees as the architecture, and which numbers mean what.</summary>
public sealed class SyscallAbi
{
    private const uint X32Bit = 0x40000000;

    private readonly TableLines _lines;
    private Dictionary<string, uint>? _numbers;

    private SyscallAbi(string name, uint auditArchitecture, TableLines lines)
    {
        Name = name;
        AuditArchitecture = auditArchitecture;
        _lines = lines;
    }

    private delegate ReadOnlySpan<byte> TableLines();

    /// <summary>64-bit x86.</summary>
    public static SyscallAbi X86_64 { get; } = new("x86_64", Audit.AUDIT_ARCH_X86_64, () => X86_64Table.Lines);

    /// <summary>32-bit x86.</summary>
    public static SyscallAbi I386 { get; } =
        new("x86", Audit.AUDIT_ARCH_I386, () => I386Table.Lines) { ArgumentBits = 32 };

    /// <summary>
    /// 32-bit pointers in 64-bit mode: the same architecture to a filter, told apart by a bit of the number. Numbers 512 to
    /// 547 are its own, by a historical accident; the others follow x86-64.
    /// </summary>
    public static SyscallAbi X32 { get; } =
        new("x32", Audit.AUDIT_ARCH_X86_64, () => X32Table.Lines) { NumberBase = X32Bit, SequenceEnd = 512 };

    /// <summary>64-bit arm.</summary>
    public static SyscallAbi AArch64 { get; } = new("aarch64", Audit.AUDIT_ARCH_AARCH64, () => AArch64Table.Lines);

    /// <summary>32-bit arm, EABI. Calls of its own (cacheflush, set_tls) begin at 0xf0000.</summary>
    public static SyscallAbi Arm { get; } =
        new("arm", Audit.AUDIT_ARCH_ARM, () => ArmTable.Lines) { ArgumentBits = 32, SequenceEnd = 0xf0000 };

    /// <summary>The name that libseccomp has for it.</summary>
    public string Name { get; }

    /// <summary>What <c>seccomp_data.arch</c> says.</summary>
    public uint AuditArchitecture { get; }

    /// <summary>What is added to every number of the table.</summary>
    public uint NumberBase { get; private init; }

    /// <summary>How many bits of an argument there are: those above are zero.</summary>
    public int ArgumentBits { get; private init; } = 64;

    /// <summary>New system calls get numbers below this; what is above belongs to the ABI alone.</summary>
    public uint SequenceEnd { get; private init; } = X32Bit;

    /// <summary>The number of a system call as a filter sees it, or false for one that this ABI does not have.</summary>
    public bool TryGetNumber(string name, out uint number)
    {
        _numbers ??= ReadTable();
        return _numbers.TryGetValue(name, out number);
    }

    /// <summary>Every name with its number as a filter sees it.</summary>
    public IReadOnlyDictionary<string, uint> Numbers => _numbers ??= ReadTable();

    private Dictionary<string, uint> ReadTable()
    {
        Dictionary<string, uint> numbers = new(512, StringComparer.Ordinal);
        ReadOnlySpan<byte> lines = _lines();
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            int space = line.IndexOf((byte)' ');
            uint number = uint.Parse(line[..space], System.Globalization.CultureInfo.InvariantCulture);
            numbers.Add(System.Text.Encoding.ASCII.GetString(line[(space + 1)..]), NumberBase + number);
        }

        return numbers;
    }
}
