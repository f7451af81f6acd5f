using System;
using System.Buffers.Binary;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// The file that a machine boots. Debian's kernels unpack themselves, for which the emulator takes longer than for the rest of the
/// boot; what is in them can be booted as it is (a kernel with an entry for PVH, which Debian's have).
/// </summary>
internal static class KernelImage
{
    /// <summary>Writes the kernel that a bzImage holds; the bzImage itself where that is compressed in a way that is not known here.</summary>
    /// <param name="image">The bzImage. Documentation/arch/x86/boot.rst has its fields.</param>
    /// <param name="kernel">The file to write.</param>
    internal static void Unpack(string image, string kernel)
    {
        byte[] bytes = File.ReadAllBytes(image);
        int start = ((bytes[0x1F1] + 1) * 512) + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(0x248));
        Span<byte> payload = bytes.AsSpan(start, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(0x24C)));
        string? program = payload[1..].StartsWith("7zXZ\0"u8) ? "xz"
            : BinaryPrimitives.ReadUInt32LittleEndian(payload) == 0xFD2FB528 ? "zstd"
            : null;
        if (program is null)
        {
            File.Copy(image, kernel);
            return;
        }

        // The last four bytes tell how large it will be.
        string compressed = kernel + ".compressed";
        File.WriteAllBytes(compressed, payload[..^4]);
        _ = Command.Output("sh", "-c", "\"$0\" -dc <\"$1\" >\"$2\"", program, compressed, kernel);
        File.Delete(compressed);
    }
}
