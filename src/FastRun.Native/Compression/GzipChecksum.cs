using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;
using Pclmulqdq = System.Runtime.Intrinsics.X86.Pclmulqdq;

namespace FastRun.Native.Compression;

/// <summary>
/// The CRC-32 of gzip (RFC 1952, 8). With carry-less multiplication 64 bytes are folded at a time (Gopal et al., "Fast CRC
/// Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009); without, a byte at a time.
/// </summary>
public sealed class GzipChecksum
{
    private const uint Polynomial = 0xEDB8_8320;

    // A vector moves on by 512 or 128 bits when its halves are multiplied by these (the paper's table for this polynomial).
    private static readonly Vector128<long> s_by512 = Vector128.Create(0x1_5444_2BD4, 0x1_C6E4_1596);
    private static readonly Vector128<long> s_by128 = Vector128.Create(0x1_7519_97D0, 0x0_CCAA_009E);

    private static readonly uint[] s_table = MakeTable();

    private uint _state = uint.MaxValue;

    /// <summary>The checksum of what was added since the last <see cref="Reset"/>.</summary>
    public uint Value => ~_state;

    /// <summary>Begins anew.</summary>
    public void Reset() => _state = uint.MaxValue;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        if (Pclmulqdq.IsSupported && bytes.Length >= 64)
        {
            state = Fold(state, ref bytes);
        }
        else if (ArmCrc32.Arm64.IsSupported)
        {
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                state = ArmCrc32.Arm64.ComputeCrc32(state, word);
            }

            bytes = bytes[(bytes.Length & ~7)..];
        }

        _state = AppendBytes(state, bytes);
    }

    /// <summary>Takes all whole vectors.</summary>
    private static uint Fold(uint state, ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector128<long>> vectors = MemoryMarshal.Cast<byte, Vector128<long>>(bytes);
        bytes = bytes[(vectors.Length * Vector128<byte>.Count)..];
        Vector128<long> a = vectors[0] ^ Vector128.CreateScalar((ulong)state).AsInt64();
        Vector128<long> b = vectors[1];
        Vector128<long> c = vectors[2];
        Vector128<long> d = vectors[3];
        vectors = vectors[4..];
        while (vectors.Length >= 4)
        {
            a = Move(a, s_by512) ^ vectors[0];
            b = Move(b, s_by512) ^ vectors[1];
            c = Move(c, s_by512) ^ vectors[2];
            d = Move(d, s_by512) ^ vectors[3];
            vectors = vectors[4..];
        }

        a = Move(a, s_by128) ^ b;
        a = Move(a, s_by128) ^ c;
        a = Move(a, s_by128) ^ d;
        foreach (Vector128<long> vector in vectors)
        {
            a = Move(a, s_by128) ^ vector;
        }

        // What is left has the same remainder as all that went into it.
        Span<byte> rest = stackalloc byte[Vector128<byte>.Count];
        a.AsByte().CopyTo(rest);
        return AppendBytes(0, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Move(Vector128<long> value, Vector128<long> factors) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11);

    private static uint AppendBytes(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            state = s_table[(byte)state ^ value] ^ (state >> 8);
        }

        return state;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ Polynomial : state >> 1;
            }

            table[value] = state;
        }

        return table;
    }
}
