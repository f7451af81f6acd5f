using System.Runtime.InteropServices;

namespace FastRun.Native.Interop;

/// <summary>The functions of the C files in <c>Launch/</c>.</summary>
internal static unsafe partial class Kernel
{
    /// <summary>A system call that can block: the garbage collector may run meanwhile. Returns -errno on failure.</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_syscall")]
    internal static partial nint syscall(nint nr, nint a, nint b, nint c, nint d, nint e, nint f);

    /// <summary>A system call that returns within microseconds: no transition is made. Returns -errno on failure.</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_syscall")]
    [SuppressGCTransition]
    internal static partial nint fast_syscall(nint nr, nint a, nint b, nint c, nint d, nint e, nint f);

    /// <summary>clone3(2) whose child walks <paramref name="tape"/>. Returns the child's pid or -errno.</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_clone3")]
    internal static partial nint clone3(void* args, nuint size, void* tape);

    /// <summary>Writes the numbers of these signals to a descriptor as they come (signals.c).</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_relay_signals")]
    internal static partial void relay_signals(int descriptor, int* signals, int count);

    /// <summary>Lets these signals do again what they do by default (signals.c).</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_release_signals")]
    internal static partial void release_signals(int* signals, int count);

    /// <summary>Drops this program's own code from its memory until it is used again (memory.c).</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_release_code")]
    internal static partial void release_code();

    /// <summary>The finished program of <c>Launch/init.c</c>, which is read-only data of this process.</summary>
    [LibraryImport("launch", EntryPoint = "fastrun_init_image")]
    [SuppressGCTransition]
    internal static partial byte* init_image(nuint* size);
}
