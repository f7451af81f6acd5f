using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// A regular file that is being made and belongs to this thread alone: a plain descriptor without an object, because unpacking
/// makes tens of thousands of them a second. Closed by <see cref="Dispose"/>, once.
/// </summary>
public unsafe ref struct NewFile : IDisposable
{
    private int _descriptor;

    private NewFile(int descriptor) => _descriptor = descriptor;

    /// <summary>openat(2) of a name that must not exist yet, for writing.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">One component.</param>
    /// <param name="permissions">Its permissions, before the umask.</param>
    /// <param name="file">The file, where the result is <see cref="Errno.None"/>.</param>
    public static Errno TryCreate(Fd directory, PathName name, int permissions, out NewFile file)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        fixed (byte* bytes = name.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint result;
            do
            {
                result = Kernel.syscall(
                    Sys.openat, directory.Number, (nint)bytes, (nint)flags.ToKernel(), permissions, 0, 0);
            }
            while (result == -(nint)Errno.EINTR);

            GC.KeepAlive(directory);
            file = new NewFile((int)Math.Max(result, -1));
            return result < 0 ? (Errno)(-result) : Errno.None;
        }
    }

    /// <summary>write(2) until all is written.</summary>
    public readonly void Write(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            fixed (byte* bytes = content)
            {
                nint result = Kernel.syscall(Sys.write, _descriptor, (nint)bytes, content.Length, 0, 0, 0);
                if (result != -(nint)Errno.EINTR)
                {
                    content = content[(int)SyscallException.Check(result, "write")..];
                }
            }
        }
    }

    /// <summary>fchown(2). Clears set-uid and set-gid.</summary>
    public readonly void ChangeOwner(uint uid, uint gid) =>
        SyscallException.Check(Kernel.syscall(Sys.fchown, _descriptor, (nint)uid, (nint)gid, 0, 0, 0), "fchown");

    /// <summary>fchmod(2).</summary>
    public readonly void ChangeMode(int permissions) =>
        SyscallException.Check(Kernel.syscall(Sys.fchmod, _descriptor, permissions, 0, 0, 0, 0), "fchmod");

    /// <summary>utimensat(2): sets both times.</summary>
    public readonly void SetTimes(FileTime accessed, FileTime modified)
    {
        __kernel_timespec* times = stackalloc __kernel_timespec[2];
        times[0] = new() { tv_sec = accessed.Seconds, tv_nsec = accessed.Nanoseconds };
        times[1] = new() { tv_sec = modified.Seconds, tv_nsec = modified.Nanoseconds };
        SyscallException.Check(Kernel.syscall(Sys.utimensat, _descriptor, 0, (nint)times, 0, 0, 0), "utimensat");
    }

    /// <summary>close(2).</summary>
    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            Kernel.fast_syscall(Sys.close, _descriptor, 0, 0, 0, 0, 0);
            _descriptor = -1;
        }
    }
}
