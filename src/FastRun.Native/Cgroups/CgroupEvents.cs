using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Cgroups;

/// <summary>Waits for what cgroup.events tells (cgroup-v2.rst): the file is readable by exception after each change.</summary>
internal static unsafe class CgroupEvents
{
    /// <summary>Waits until a key has a value.</summary>
    /// <returns>False when the time is over; true also where the group is gone.</returns>
    internal static bool Wait(CgroupDirectory group, string key, long value, long milliseconds)
    {
        using Fd? file = group.TryOpenFile("cgroup.events", CgroupFs.O_RDONLY);
        if (file is null)
        {
            return true;
        }

        long end = Environment.TickCount64 + milliseconds;
        while (true)
        {
            Kernel.fast_syscall(Sys.lseek, file.Number, 0, Fcntl.SEEK_SET, 0, 0, 0);
            string? text = ControlText.TryRead(file);
            if (text is null || ControlText.Keyed(text, key) == value)
            {
                return true;
            }

            long left = end - Environment.TickCount64;
            if (left <= 0)
            {
                return false;
            }

            struct_pollfd poll = new() { fd = file.Number, events = struct_pollfd.POLLPRI };
            Poll(&poll, 1, left * 1000);
        }
    }

    /// <summary>Sleeps.</summary>
    internal static void Pause(long microseconds) => Poll(null, 0, microseconds);

    private static void Poll(struct_pollfd* descriptors, int count, long microseconds)
    {
        __kernel_timespec time = new() { tv_sec = microseconds / 1_000_000, tv_nsec = microseconds % 1_000_000 * 1000 };
        Kernel.syscall(Sys.ppoll, (nint)descriptors, count, (nint)(&time), 0, 8, 0);
    }
}
