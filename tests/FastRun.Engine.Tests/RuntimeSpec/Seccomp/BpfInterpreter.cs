using System;
using System.Buffers.Binary;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>
/// Runs a seccomp program as the kernel does, and refuses what the kernel refuses (seccomp_check_filter and bpf_check_classic):
/// unknown operations, jumps past the end, loads outside of struct seccomp_data.
/// </summary>
internal static class BpfInterpreter
{
    private const int SizeOfData = 64;

    internal static uint Run(ReadOnlySpan<byte> program, uint nr, uint arch, ReadOnlySpan<ulong> args) =>
        Run(program, nr, arch, args, out _);

    internal static uint Run(ReadOnlySpan<byte> program, uint nr, uint arch, ReadOnlySpan<ulong> args, out int steps)
    {
        Span<byte> data = stackalloc byte[SizeOfData];
        BinaryPrimitives.WriteUInt32LittleEndian(data, nr);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], arch);
        for (int i = 0; i < args.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + 8 * i)..], args[i]);
        }

        uint a = 0;
        steps = 0;
        for (int pc = 0; ; pc++)
        {
            steps++;
            (ushort code, byte jt, byte jf, uint k) = Decode(program, pc);
            switch (code)
            {
                case 0x20: // ld abs
                    a = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)k..]);
                    break;
                case 0x54: // and
                    a &= k;
                    break;
                case 0x05: // ja
                    pc += (int)k;
                    break;
                case 0x15: // jeq
                    pc += a == k ? jt : jf;
                    break;
                case 0x35: // jge
                    pc += a >= k ? jt : jf;
                    break;
                case 0x45: // jset
                    pc += (a & k) != 0 ? jt : jf;
                    break;
                default: // ret
                    return k;
            }
        }
    }

    /// <summary>The checks that the kernel makes when a filter is loaded.</summary>
    internal static void Verify(ReadOnlySpan<byte> program)
    {
        int count = program.Length / 8;
        Assert.InRange(count, 1, 4096);
        Assert.Equal(0, program.Length % 8);
        for (int pc = 0; pc < count; pc++)
        {
            (ushort code, byte jt, byte jf, uint k) = Decode(program, pc);
            switch (code)
            {
                case 0x20:
                    Assert.True(k % 4 == 0 && k < SizeOfData, $"load of {k} at {pc}");
                    break;
                case 0x05:
                    Assert.True(k < count - pc - 1, $"jump of {k} at {pc}");
                    break;
                case 0x15 or 0x35 or 0x45:
                    Assert.True(pc + 1 + jt < count && pc + 1 + jf < count, $"branch at {pc}");
                    break;
                default:
                    Assert.True(code is 0x54 or 0x06, $"operation {code:x} at {pc}");
                    break;
            }
        }

        Assert.Equal(0x06, Decode(program, count - 1).Code);
    }

    private static (ushort Code, byte Jt, byte Jf, uint K) Decode(ReadOnlySpan<byte> program, int pc)
    {
        ReadOnlySpan<byte> at = program.Slice(pc * 8, 8);
        return (BinaryPrimitives.ReadUInt16LittleEndian(at), at[2], at[3], BinaryPrimitives.ReadUInt32LittleEndian(at[4..]));
    }
}
