using System;
using System.Buffers.Text;
using FastRun.Native.Filesystem;

namespace FastRun.Native;

/// <summary>Which boot of the machine this is (random(4), <c>boot_id</c>): what was only in memory is gone in another.</summary>
public static class BootId
{
    private const int TextLength = 36;

    /// <summary>This boot.</summary>
    public static Guid Current { get; } = Read();

    private static Guid Read()
    {
        byte[] text = FileContent.TryReadAll(null, "/proc/sys/kernel/random/boot_id", 64) ?? [];
        return text.Length >= TextLength && Utf8Parser.TryParse(text.AsSpan(0, TextLength), out Guid id, out _)
            ? id
            : throw new SyscallException("read", Errno.EIO, "/proc/sys/kernel/random/boot_id");
    }
}
