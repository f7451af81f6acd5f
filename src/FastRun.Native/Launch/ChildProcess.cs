using System;
using FastRun.Native.Interop;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Launch;

/// <summary>A process that was started from a <see cref="LaunchTape"/>, held by its pidfd.</summary>
public sealed unsafe class ChildProcess : IDisposable
{
    private const int SIG_SETMASK = 2;
    private const int SIGCHLD = 17;

    private readonly Fd _pidFd = new(-1);

    /// <summary>Its process id in the caller's namespace; 0 before it was started.</summary>
    public int Pid { get; private set; }

    /// <summary>Readable once the process has ended (pidfd_open(2)).</summary>
    public Fd PidFd => _pidFd;

    /// <summary>A child that was started at once; see <see cref="Start"/>.</summary>
    public static ChildProcess Launch(LaunchTape tape, CloneFlags flags, Fd? cgroup, out ChildReport report)
    {
        ChildProcess child = new();
        report = child.Start(tape, flags, cgroup);
        return child;
    }

    /// <summary>
    /// Starts a child that shares this process's memory and walks the tape; returns once it has exec'ed or given up.
    /// Only the calling thread sleeps meanwhile.
    /// </summary>
    /// <param name="tape">What the child does; it must end in execve(2) or exit_group(2).</param>
    /// <param name="flags">The namespaces to make.</param>
    /// <param name="cgroup">The cgroup v2 directory to start in, or null for the caller's.</param>
    /// <returns>How far the child came.</returns>
    /// <exception cref="SyscallException">clone3(2) itself failed.</exception>
    public ChildReport Start(LaunchTape tape, CloneFlags flags, Fd? cgroup)
    {
        ArgumentNullException.ThrowIfNull(tape);
        TapeHeader* header = tape.Seal();
        Clone(tape, header, flags | CloneFlags.Vfork | CloneFlags.ClearSignalHandlers, SIGCHLD, cgroup);

        // The child has left this memory: what it wrote last is what it came to.
        return new ChildReport((int)header->Position, (Errno)header->Error);
    }

    /// <summary>
    /// Starts a child that walks the tape beside this process, for as long as the tape takes. It ends without a signal to
    /// the parent. The tape must outlive it.
    /// </summary>
    /// <param name="tape">What the child does.</param>
    /// <param name="flags">The namespaces to make.</param>
    /// <exception cref="SyscallException">clone3(2) itself failed.</exception>
    public static ChildProcess LaunchBeside(LaunchTape tape, CloneFlags flags = CloneFlags.None)
    {
        ChildProcess child = new();
        child.StartBeside(tape, flags);
        return child;
    }

    /// <summary>As <see cref="LaunchBeside"/>, of an object that was made before.</summary>
    public void StartBeside(LaunchTape tape, CloneFlags flags = CloneFlags.None)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Clone(tape, tape.Seal(), flags, exitSignal: 0, cgroup: null);
    }

    /// <summary>Takes a child that another process has made for this one (CLONE_PARENT), and that nobody has reaped.</summary>
    /// <exception cref="SyscallException">There is no such child, or no descriptor left.</exception>
    public static ChildProcess Adopt(int pid)
    {
        ChildProcess child = new() { Pid = pid };
        child._pidFd.Adopt((int)SyscallException.Check(
            Kernel.fast_syscall(Sys.pidfd_open, pid, 0, 0, 0, 0, 0), "pidfd_open"));

        // ECHILD of any other process: whoever told the number may have lied.
        siginfo_chld info = default;
        const int look = Interop.Wait.WEXITED | Interop.Wait.WNOHANG | Interop.Wait.WNOWAIT | Interop.Wait.__WALL;
        nint result = Kernel.fast_syscall(Sys.waitid, Interop.Wait.P_PIDFD, child._pidFd.Number, (nint)(&info), look, 0, 0);
        if (result < 0)
        {
            child.Dispose();
            throw new SyscallException("waitid", (Errno)(-result));
        }

        return child;
    }

    /// <summary>Sends a signal; a process that has ended already is no error.</summary>
    /// <exception cref="SyscallException">pidfd_send_signal(2) failed otherwise.</exception>
    public void Signal(int signal)
    {
        nint result = Kernel.fast_syscall(Sys.pidfd_send_signal, _pidFd.Number, signal, 0, 0, 0, 0);
        if (result != -(int)Errno.ESRCH)
        {
            SyscallException.Check(result, "pidfd_send_signal");
        }
    }

    /// <summary>Waits for the end and reaps the process.</summary>
    /// <exception cref="SyscallException">waitid(2) failed.</exception>
    public ExitStatus Wait()
    {
        siginfo_chld info = default;
        nint result;
        do
        {
            result = Kernel.syscall(
                Sys.waitid, Interop.Wait.P_PIDFD, _pidFd.Number, (nint)(&info), Interop.Wait.WEXITED | Interop.Wait.__WALL, 0, 0);
        }
        while (result == -(int)Errno.EINTR);

        SyscallException.Check(result, "waitid");
        return new ExitStatus(info.si_code == Interop.Wait.CLD_EXITED, info.si_status);
    }

    /// <summary>Reaps a child of this process that nobody else waits for, if it has ended.</summary>
    /// <returns>Whether it is no child any more.</returns>
    public static bool TryReap(int pid)
    {
        siginfo_chld info = default;
        const int look = Interop.Wait.WEXITED | Interop.Wait.WNOHANG | Interop.Wait.__WALL;
        return Kernel.fast_syscall(Sys.waitid, Interop.Wait.P_PID, pid, (nint)(&info), look, 0, 0) < 0 || info.si_pid == pid;
    }

    /// <summary>Lets go of the process; it goes on.</summary>
    public void Dispose() => _pidFd.Dispose();

    private void Clone(LaunchTape tape, TapeHeader* header, CloneFlags flags, int exitSignal, Fd? cgroup)
    {
        int pidFd = -1;
        clone_args arguments = default;
        arguments.pidfd = (ulong)&pidFd;
        arguments.exit_signal = (ulong)exitSignal;
        arguments.stack = (ulong)tape.NewStack(out nuint stackSize);
        arguments.stack_size = stackSize;
        if (cgroup is not null)
        {
            flags |= CloneFlags.IntoCgroup;
            arguments.cgroup = (ulong)cgroup.Number;
        }

        arguments.flags = (ulong)(flags | CloneFlags.Memory | CloneFlags.PidFd);

        // No signal may be handled in the child while it runs on memory that is not its own: the runtime's handlers would
        // act on the parent's state. The tape's last steps give the child a mask of its own.
        ulong all = ulong.MaxValue;
        ulong before = 0;
        Kernel.fast_syscall(Sys.rt_sigprocmask, SIG_SETMASK, (nint)(&all), (nint)(&before), sizeof(ulong), 0, 0);
        nint pid = Kernel.clone3(&arguments, (nuint)sizeof(clone_args), header);
        Kernel.fast_syscall(Sys.rt_sigprocmask, SIG_SETMASK, (nint)(&before), 0, sizeof(ulong), 0, 0);
        SyscallException.Check(pid, "clone3");
        _pidFd.Adopt(pidFd);
        Pid = (int)pid;
    }
}
