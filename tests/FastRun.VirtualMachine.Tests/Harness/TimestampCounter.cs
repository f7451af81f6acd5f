using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// The processor's clock, which guests see as it is. A guest that is not told how fast it counts compares it with an emulated timer while
/// it boots; where the emulator gets the processor late it is then wrong by any factor, and so are all the guest's times.
/// </summary>
internal static unsafe partial class TimestampCounter
{
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int PROT_EXEC = 4;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;
    private const nuint PageSize = 4096;

    /// <summary>rdtsc; shl rdx, 32; or rax, rdx; ret: .NET has no word for it.</summary>
    private static readonly byte[] s_code = [0x0F, 0x31, 0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3];

    private static readonly Lazy<int> s_kilohertz = new(Measure);

    /// <summary>How often it counts in a millisecond; only on x86-64.</summary>
    internal static int Kilohertz => s_kilohertz.Value;

    private static int Measure()
    {
        void* page = mmap(null, PageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if ((nint)page == -1)
        {
            throw new InvalidOperationException("no memory for a function");
        }

        try
        {
            s_code.CopyTo(new Span<byte>(page, s_code.Length));
            if (mprotect(page, PageSize, PROT_READ | PROT_EXEC) != 0)
            {
                throw new InvalidOperationException("memory cannot be made a function");
            }

            delegate* unmanaged<ulong> read = (delegate* unmanaged<ulong>)page;
            (ulong firstCount, long firstTime) = Together(read);
            Thread.Sleep(100);
            (ulong count, long time) = Together(read);
            return (int)((count - firstCount) / Stopwatch.GetElapsedTime(firstTime, time).TotalMilliseconds);
        }
        finally
        {
            _ = munmap(page, PageSize);
        }
    }

    /// <summary>The counter and the clock at one moment: of many tries the one in which the least time went by.</summary>
    private static (ulong Count, long Time) Together(delegate* unmanaged<ulong> read)
    {
        (ulong Count, long Time) best = default;
        long least = long.MaxValue;
        for (int i = 0; i < 1000; i++)
        {
            long before = Stopwatch.GetTimestamp();
            ulong count = read();
            long between = Stopwatch.GetTimestamp() - before;
            if (between < least)
            {
                (best, least) = ((count, before + (between / 2)), between);
            }
        }

        return best;
    }

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
