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
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
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
