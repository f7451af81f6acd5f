using System;
using System.Buffers.Text;
using System.Globalization;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Launch;

/// <summary>What /proc tells of a process (proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5)).</summary>
public sealed record ProcessStatus
{
    /// <summary>What a second is counted in, in <see cref="CpuTicks"/> and <see cref="StartTicks"/>: USER_HZ, the same on all machines.</summary>
    public const int TicksPerSecond = 100;

    private const int LongestFile = 1 << 20;

    /// <summary>The process id, in the caller's namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Its parent.</summary>
    public required int ParentPid { get; init; }

    /// <summary>Its process group.</summary>
    public required int ProcessGroup { get; init; }

    /// <summary>Its session.</summary>
    public required int Session { get; init; }

    /// <summary>Its terminal's device number; 0 for none.</summary>
    public required DeviceNumber Terminal { get; init; }

    /// <summary>The terminal's foreground process group; -1 for none.</summary>
    public required int ForegroundGroup { get; init; }

    /// <summary>R, S, D, Z, T and so on.</summary>
    public required char State { get; init; }

    /// <summary>User and system time.</summary>
    public required long CpuTicks { get; init; }

    /// <summary>When it started, since the boot.</summary>
    public required long StartTicks { get; init; }

    /// <summary>The nice value.</summary>
    public required long Nice { get; init; }

    /// <summary>The number of its threads.</summary>
    public required long Threads { get; init; }

    /// <summary>Bytes of address space.</summary>
    public required long VirtualBytes { get; init; }

    /// <summary>Bytes in memory.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Real and effective user and group.</summary>
    public required uint RealUid { get; init; }

    /// <summary>The effective user.</summary>
    public required uint Uid { get; init; }

    /// <summary>The real group.</summary>
    public required uint RealGid { get; init; }

    /// <summary>The effective group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Its own name, up to 15 bytes that it can choose itself.</summary>
    public required string Name { get; init; }

    /// <summary>Its words joined by blanks, which it can choose itself; empty where it has none.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Reads it; null where there is no such process any more.</summary>
    public static ProcessStatus? TryRead(int pid)
    {
        try
        {
            string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
            return FileContent.TryReadAll(null, directory + "stat", LongestFile) is { } stat
                && FileContent.TryReadAll(null, directory + "status", LongestFile) is { } status
                && FileContent.TryReadAll(null, directory + "cmdline", 4 << 20) is { } words
                ? Parse(stat, status, words)
                : null;
        }
        catch (SyscallException exception) when (exception.Errno is Errno.ESRCH or Errno.EFBIG)
        {
            return null;
        }
    }

    /// <summary>Reads the texts of the three files; null where they are not what the kernel writes.</summary>
    internal static ProcessStatus? Parse(ReadOnlySpan<byte> stat, ReadOnlySpan<byte> status, ReadOnlySpan<byte> words)
    {
        // The name is in parentheses and may hold any of them: the first opens, the last one closes it.
        int open = stat.IndexOf((byte)'(');
        int close = stat.LastIndexOf((byte)')');
        if (open < 2 || close < open || !Utf8Parser.TryParse(stat[..(open - 1)], out int pid, out _))
        {
            return null;
        }

        Span<long> fields = stackalloc long[53];
        ReadOnlySpan<byte> rest = stat[(close + 1)..].TrimStart((byte)' ');
        char state = rest.IsEmpty ? '?' : (char)rest[0];
        for (int number = 3; number < fields.Length && !rest.IsEmpty; number++)
        {
            fields[number] = Utf8Parser.TryParse(rest, out long value, out _) ? value : 0;
            int blank = rest.IndexOf((byte)' ');
            rest = blank < 0 ? default : rest[(blank + 1)..];
        }

        (uint realUid, uint uid) = Ids(status, "\nUid:\t"u8);
        (uint realGid, uint gid) = Ids(status, "\nGid:\t"u8);
        return new ProcessStatus
        {
            Pid = pid,
            Name = System.Text.Encoding.UTF8.GetString(stat[(open + 1)..close]),
            State = state,
            ParentPid = (int)fields[4],
            ProcessGroup = (int)fields[5],
            Session = (int)fields[6],
            Terminal = Device((uint)fields[7]),
            ForegroundGroup = (int)fields[8],
            CpuTicks = fields[14] + fields[15],
            Nice = fields[19],
            Threads = fields[20],
            StartTicks = fields[22],
            VirtualBytes = fields[23],
            ResidentBytes = Number(status, "\nVmRSS:\t"u8) * 1024,
            RealUid = realUid,
            Uid = uid,
            RealGid = realGid,
            Gid = gid,
            CommandLine = Words(words),
        };
    }

    /// <summary>The kernel's encoding of a device number in 32 bits: new_encode_dev of linux/kdev_t.h.</summary>
    private static DeviceNumber Device(uint number) => new((number >> 8) & 0xFFF, (number & 0xFF) | ((number >> 12) & 0xFFF00));

    private static (uint Real, uint Effective) Ids(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
    {
        int at = status.IndexOf(key);
        if (at < 0)
        {
            return (0, 0);
        }

        ReadOnlySpan<byte> rest = status[(at + key.Length)..];
        return Utf8Parser.TryParse(rest, out uint real, out int length)
            && length < rest.Length && Utf8Parser.TryParse(rest[(length + 1)..], out uint effective, out _)
            ? (real, effective)
            : (0, 0);
    }

    private static long Number(ReadOnlySpan<byte> status, ReadOnlySpan<byte> key)
    {
        int at = status.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(status[(at + key.Length)..].TrimStart((byte)' '), out long number, out _) ? number : 0;
    }

    private static string Words(ReadOnlySpan<byte> words) =>
        System.Text.Encoding.UTF8.GetString(words.TrimEnd((byte)0)).Replace('\0', ' ');
}
