using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Namespaces;

/// <summary>
/// The PID namespace that this thread's next children are born in, which is all that setns(2) changes for the caller; until
/// disposed. The thread must start no other thread meanwhile.
/// </summary>
internal sealed class PidNamespaceForChildren : IDisposable
{
    private readonly Fd _own;

    private PidNamespaceForChildren(Fd own) => _own = own;

    /// <summary>Takes the PID namespace of the process behind a pidfd.</summary>
    /// <exception cref="SyscallException">ESRCH where that process has ended.</exception>
    internal static PidNamespaceForChildren Join(Fd process)
    {
        Fd own = Launch.ProcessDescriptor.OpenSelf();
        nint result = Kernel.fast_syscall(Sys.setns, process.Number, (nint)CloneFlags.NewPid, 0, 0, 0, 0);
        if (result < 0)
        {
            own.Dispose();
            throw new SyscallException("setns", (Errno)(-result), "PID namespace");
        }

        return new PidNamespaceForChildren(own);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The namespace that the process itself is in, which nothing changes: this cannot fail.
        Kernel.fast_syscall(Sys.setns, _own.Number, (nint)CloneFlags.NewPid, 0, 0, 0, 0);
        _own.Dispose();
    }
}
