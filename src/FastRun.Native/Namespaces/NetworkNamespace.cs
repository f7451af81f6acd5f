using System;
using System.Globalization;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;
using FastRun.Native.Launch;
using FastRun.Native.Netlink;

namespace FastRun.Native.Namespaces;

/// <summary>
/// Network namespaces (network_namespaces(7)). They belong to threads: only the calling one is in another for a moment, and
/// a way back that fails ends the process, because whatever came next would change the wrong network.
/// </summary>
public static unsafe class NetworkNamespace
{
    /// <summary>Makes a namespace with nothing but a loopback interface that is down; it goes with its last descriptor and process.</summary>
    /// <returns>The descriptor that holds it.</returns>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ENOSPC where there are too many.</exception>
    public static Fd Create()
    {
        Fd created = new(-1);
        Create(created, null);
        return created;
    }

    /// <summary>As <see cref="Create()"/>, of objects that were made before: allocates nothing.</summary>
    /// <param name="descriptor">One without a descriptor (<c>new Fd(-1)</c>), which gets the namespace's.</param>
    /// <param name="inside">A socket that is opened in the namespace.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ENOSPC where there are too many.</exception>
    public static void Create(Fd descriptor, NetlinkSocket? inside)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        int before = OpenCurrent();
        try
        {
            SyscallException.Check(
                Kernel.syscall(Sys.unshare, (nint)CloneFlags.NewNet, 0, 0, 0, 0, 0), "unshare", "network namespace");
            try
            {
                descriptor.Adopt(OpenCurrent());
                inside?.Open();
            }
            finally
            {
                Return(before);
            }
        }
        finally
        {
            Kernel.fast_syscall(Sys.close, before, 0, 0, 0, 0, 0);
        }
    }

    /// <summary>
    /// The calling thread is in the namespace until what this returns is disposed: sockets opened meanwhile belong to it, also
    /// later. /proc/thread-self/net and /sys/class/net of a new mount are the namespace's too; /proc/sys/net is.
    /// </summary>
    /// <param name="networkNamespace">A descriptor of the namespace, or a pidfd of a process in it.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ESRCH where the process has ended.</exception>
    public static Visit Enter(Fd networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        int before = OpenCurrent();
        nint result = Kernel.fast_syscall(Sys.setns, networkNamespace.Number, (nint)CloneFlags.NewNet, 0, 0, 0, 0);
        if (result < 0)
        {
            Kernel.fast_syscall(Sys.close, before, 0, 0, 0, 0, 0);
            SyscallException.Check(result, "setns", "network namespace");
        }

        return new Visit(before);
    }

    /// <summary>The namespace of the calling thread.</summary>
    /// <exception cref="SyscallException">There is no descriptor left, or /proc is not mounted.</exception>
    public static Fd OpenOwn() => new(OpenCurrent());

    /// <summary>The namespace of a process; null where that has ended, also when its number is another's by now.</summary>
    /// <exception cref="SyscallException">It may not be opened.</exception>
    public static Fd? TryOpen(ProcessInstance process)
    {
        // While the process lives, its number is nobody else's: if it does afterwards, what was opened is its own.
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}/ns/net");
        Fd? opened = process.Pid > 0 ? FileAt.TryOpen(null, path, OpenFlags.Read, 0, ResolveFlags.None, out Errno errno) : Absent(out errno);
        if (opened is null && errno is not (Errno.ENOENT or Errno.ESRCH))
        {
            throw new SyscallException("openat2", errno, path);
        }

        if (opened is not null && !process.IsAlive())
        {
            opened.Dispose();
            return null;
        }

        return opened;
    }

    private static Fd? Absent(out Errno errno)
    {
        errno = Errno.ESRCH;
        return null;
    }

    private static int OpenCurrent()
    {
        fixed (byte* path = "/proc/thread-self/ns/net\0"u8)
        {
            return (int)SyscallException.Check(
                Kernel.fast_syscall(Sys.openat, Fcntl.AT_FDCWD, (nint)path, OpenFlags.Read.ToKernel(), 0, 0, 0),
                "openat",
                "/proc/thread-self/ns/net");
        }
    }

    private static void Return(int before)
    {
        if (Kernel.fast_syscall(Sys.setns, before, (nint)CloneFlags.NewNet, 0, 0, 0, 0) < 0)
        {
            Environment.FailFast("fastrun: a network namespace could not be left");
        }
    }

    /// <summary>A stay in a network namespace.</summary>
    public readonly ref struct Visit
    {
        private readonly int _before;

        internal Visit(int before) => _before = before;

        /// <summary>Goes back. On the thread that entered, once.</summary>
        public void Dispose()
        {
            Return(_before);
            Kernel.fast_syscall(Sys.close, _before, 0, 0, 0, 0, 0);
        }
    }
}
