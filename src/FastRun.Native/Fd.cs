using System;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native;

/// <summary>An owned file descriptor: closed once, when disposed or finalised. Always close-on-exec.</summary>
public sealed class Fd : SafeHandle
{
    /// <summary>Takes ownership of <paramref name="descriptor"/>.</summary>
    public Fd(int descriptor)
        : this(descriptor, owned: true)
    {
    }

    private Fd(int descriptor, bool owned)
        : base(-1, owned) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor's number, valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed.</exception>
    public int Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <summary>A descriptor that belongs to someone else, such as standard input: disposing leaves it open.</summary>
    public static Fd Borrow(int descriptor) => new(descriptor, owned: false);

    /// <summary>Keeps a descriptor that this process was started with from the programs that it starts.</summary>
    /// <exception cref="SyscallException">There is no such descriptor.</exception>
    public static void CloseOnExec(int descriptor) => SyscallException.Check(
        Kernel.fast_syscall(Sys.fcntl, descriptor, 2 /* F_SETFD */, 1 /* FD_CLOEXEC */, 0, 0, 0), "fcntl");

    /// <summary>Gives an object that was made before there was a descriptor its descriptor.</summary>
    internal void Adopt(int descriptor) => SetHandle(descriptor);

    /// <summary>Wraps a raw result as a descriptor, or throws.</summary>
    internal static Fd FromResult(nint result, string syscall, string? subject = null) =>
        new((int)SyscallException.Check(result, syscall, subject));

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Kernel.fast_syscall(Sys.close, handle, 0, 0, 0, 0, 0) == 0;
}
