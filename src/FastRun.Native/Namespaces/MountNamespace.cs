using System;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;
using FastRun.Native.Mounts;

namespace FastRun.Native.Namespaces;

/// <summary>The mount namespace of another process.</summary>
public static unsafe class MountNamespace
{
    /// <summary>
    /// The root of the namespace, as a process that enters it finds it: whatever its first process has made its own root with
    /// chroot(2), which is what <c>/proc/PID/root</c> shows. The calling thread is in the namespace for a moment, and has a
    /// root and working directory of its own from then on.
    /// </summary>
    /// <param name="process">A pidfd.</param>
    /// <returns>An O_PATH descriptor.</returns>
    /// <exception cref="SyscallException">ESRCH where the process has ended.</exception>
    public static Fd OpenRoot(Fd process) => Within(process, static () => FileAt.OpenDirectory(null, "/"));

    /// <summary>
    /// A detached clone of the mount at a directory of the namespace, without what is mounted below: of the mount that was made there last,
    /// whatever links its processes have put in the way.
    /// </summary>
    /// <param name="process">A pidfd.</param>
    /// <param name="path">The directory, below the namespace's root.</param>
    /// <returns>Null where there is no such directory.</returns>
    /// <exception cref="SyscallException">ESRCH where the process has ended; EINVAL where the mount cannot be cloned.</exception>
    public static Fd? TryCloneMount(Fd process, string path) => Within(process, () =>
    {
        const ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoSymbolicLinks;
        using Fd root = FileAt.OpenDirectory(null, "/");
        using Fd? directory = FileAt.TryOpen(root, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, resolve, out _);
        return directory is null ? null : MountTree.Clone(directory, recursive: false);
    });

    private static T Within<T>(Fd process, Func<T> act)
    {
        ArgumentNullException.ThrowIfNull(process);
        SyscallException.Check(Kernel.fast_syscall(Sys.unshare, (nint)CloneFlags.Filesystem, 0, 0, 0, 0, 0), "unshare");
        using Fd own = FileAt.Open(null, "/proc/thread-self/ns/mnt", OpenFlags.Read);
        using Fd root = FileAt.OpenDirectory(null, "/");
        using Fd directory = FileAt.OpenDirectory(null, ".");
        SyscallException.Check(
            Kernel.fast_syscall(Sys.setns, process.Number, (nint)CloneFlags.NewMount, 0, 0, 0, 0), "setns", "mount namespace");
        try
        {
            return act();
        }
        finally
        {
            Return(own, root, directory);
        }
    }

    private static void Return(Fd mounts, Fd root, Fd directory)
    {
        fixed (byte* here = ".\0"u8)
        {
            if (Kernel.fast_syscall(Sys.setns, mounts.Number, (nint)CloneFlags.NewMount, 0, 0, 0, 0) < 0
                || Kernel.fast_syscall(Sys.fchdir, root.Number, 0, 0, 0, 0, 0) < 0
                || Kernel.fast_syscall(Sys.chroot, (nint)here, 0, 0, 0, 0, 0) < 0
                || Kernel.fast_syscall(Sys.fchdir, directory.Number, 0, 0, 0, 0, 0) < 0)
            {
                // Whatever came next would act on the container's files in the belief that they are the host's.
                Environment.FailFast("fastrun: a mount namespace could not be left");
            }
        }
    }
}
