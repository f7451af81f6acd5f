using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Native.Interop;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Mounts;

/// <summary>
/// A mount namespace for a moment: a private copy of the caller's that one thread is in, and that goes with the thread.
/// What is attached there is in nobody else's mount table, and gone however this process ends. A clone that
/// <see cref="MountTree.Clone(string, bool)"/> makes there stays, and can be attached elsewhere.
/// </summary>
public static unsafe class PrivateMountNamespace
{
    /// <summary>
    /// Runs work in such a namespace, on a thread of its own, whose working directory is <c>/proc/self/fd</c>: there the
    /// number of a descriptor is the shortest path of what it names. Descriptors are the process's. Those from before lead
    /// into the caller's namespace, whose mounts cannot be used in this one; detached mounts can be attached here.
    /// </summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; or what the work throws.</exception>
    public static T Run<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Run(Enter, work);
    }

    /// <summary>
    /// Runs work on a thread of its own in a mount namespace that is there already, as in a container's. Its root is then that
    /// namespace's, whatever the processes there have made of theirs; descriptors are the process's. The work must name nothing
    /// but what it wants of that namespace: its /proc and all else is under the container's control.
    /// </summary>
    /// <param name="mountNamespace">The namespace (<c>/proc/PID/ns/mnt</c>).</param>
    /// <param name="work">What to do there.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN and CAP_SYS_CHROOT; or what the work throws.</exception>
    public static T Visit<T>(Fd mountNamespace, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(mountNamespace);
        ArgumentNullException.ThrowIfNull(work);
        return Run(
            () =>
            {
                // What is shared with other threads would go along with them (setns(2)).
                SyscallException.Check(Kernel.fast_syscall(Sys.unshare, (nint)CloneFlags.Filesystem, 0, 0, 0, 0, 0), "unshare", "files");
                SyscallException.Check(
                    Kernel.fast_syscall(Sys.setns, mountNamespace.Number, (nint)CloneFlags.NewMount, 0, 0, 0, 0), "setns", "mounts");
            },
            work);
    }

    private static T Run<T>(Action enter, Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                enter();
                result = work();
            }
#pragma warning disable CA1031 // Not swallowed: thrown again on the caller's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Enter()
    {
        // This also gives the thread a root and a working directory of its own (unshare(2), CLONE_NEWNS implies CLONE_FS).
        SyscallException.Check(Kernel.fast_syscall(Sys.unshare, (nint)CloneFlags.NewMount, 0, 0, 0, 0, 0), "unshare", "mounts");
        fixed (byte* root = "/\0"u8)
        fixed (byte* descriptors = "/proc/self/fd\0"u8)
        {
            SyscallException.Check(
                Kernel.fast_syscall(Sys.mount, 0, (nint)root, 0, Mount.MS_REC | Mount.MS_PRIVATE, 0, 0), "mount", "private /");
            SyscallException.Check(
                Kernel.fast_syscall(Sys.chdir, (nint)descriptors, 0, 0, 0, 0, 0), "chdir", "/proc/self/fd");
        }
    }
}
