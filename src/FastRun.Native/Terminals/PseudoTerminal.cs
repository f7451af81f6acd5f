using System;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>
/// A pseudo terminal of a given devpts instance (pty(7)). The peer is opened through the master (TIOCGPTPEER), so no path
/// that the container could have replaced is resolved.
/// </summary>
public sealed unsafe class PseudoTerminal : IDisposable
{
    private PseudoTerminal(Fd master, Fd peer, int index)
    {
        Master = master;
        Peer = peer;
        Index = index;
    }

    /// <summary>The side that the engine reads and writes; it does not block.</summary>
    public Fd Master { get; }

    /// <summary>The side that becomes the child's standard streams. Close it once the child has it: the end of all peers is
    /// the end of the output.</summary>
    public Fd Peer { get; }

    /// <summary>Its number: the name in its devpts.</summary>
    public int Index { get; }

    /// <summary>
    /// Whether a directory is on a devpts file system. Of a directory that a container may have replaced this must be known
    /// before: what is called <c>ptmx</c> elsewhere may be any device.
    /// </summary>
    public static bool IsTerminalFilesystem(Fd directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        struct_statfs status = default;
        return Kernel.fast_syscall(Sys.fstatfs, directory.Number, (nint)(&status), 0, 0, 0, 0) == 0
            && status.f_type == Tty.DEVPTS_SUPER_MAGIC;
    }

    /// <summary>Allocates one.</summary>
    /// <param name="devpts">The root of a devpts mount, which may be attached nowhere. It must not be nodev.</param>
    /// <param name="size">Its first size; null leaves it at zero by zero.</param>
    /// <exception cref="SyscallException">ENOSPC where there are too many; ENOENT where it is no devpts.</exception>
    public static PseudoTerminal Open(Fd devpts, WindowSize? size = null)
    {
        Fd master = FileAt.Open(
            devpts, "ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.NonBlocking);
        try
        {
            int unlock = 0;
            Control(master, Tty.TIOCSPTLCK, (nint)(&unlock), "TIOCSPTLCK");
            int index = 0;
            Control(master, Tty.TIOCGPTN, (nint)(&index), "TIOCGPTN");
            const OpenFlags peerFlags = OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal;
            Fd peer = new((int)Control(master, Tty.TIOCGPTPEER, peerFlags.ToKernel(), "TIOCGPTPEER"));
            if (size is { } first)
            {
                Terminal.SetSize(master.Number, first);
            }

            return new PseudoTerminal(master, peer, index);
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Peer.Dispose();
        Master.Dispose();
    }

    private static nint Control(Fd master, uint request, nint argument, string name) =>
        SyscallException.Check(
            Kernel.syscall(Sys.ioctl, master.Number, (nint)request, argument, 0, 0, 0), "ioctl", name);
}
