using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>The process's umask(2).</summary>
public static class FileCreationMask
{
    /// <summary>Clears it, so that what is made gets exactly the permissions that are asked for.</summary>
    public static void Clear() => Kernel.fast_syscall(Sys.umask, 0, 0, 0, 0, 0, 0);
}
