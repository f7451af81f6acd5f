using System;
using System.Globalization;
using System.Threading;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// For tests of what a kill leaves behind: with <c>FASTRUN_TEST_KILL_AT=N</c> in its environment the process kills itself
/// just before the Nth time that it would change a file system or a network. Without, it does nothing.
/// </summary>
internal static class CrashPoint
{
    private const int SIGKILL = 9;

    private static readonly long s_fatal =
        long.TryParse(Environment.GetEnvironmentVariable("FASTRUN_TEST_KILL_AT"), CultureInfo.InvariantCulture, out long at) ? at : 0;

    private static long s_passed;

    /// <summary>Stands before each change: of a name, of content, of what is on the disk.</summary>
    internal static void Pass()
    {
        if (s_fatal > 0 && Interlocked.Increment(ref s_passed) == s_fatal)
        {
            Kernel.syscall(Sys.kill, Environment.ProcessId, SIGKILL, 0, 0, 0, 0);
        }
    }
}
