using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>Steps on the process itself.</summary>
public sealed unsafe partial class LaunchTape
{
    private const int SIG_SETMASK = 2;
    private const int SIGKILL = 9;
    private const int SIGSTOP = 19;
    private const int LastClassicSignal = 31;

    /// <summary>setsid(2).</summary>
    public void NewSession() => Add(Sys.setsid);

    /// <summary>unshare(2).</summary>
    public void Unshare(Namespaces.CloneFlags flags) => Add(Sys.unshare, (long)flags);

    /// <summary>setns(2): enters namespaces of the process behind a pidfd, all of them or none; or the one that the descriptor is of.</summary>
    public void EnterNamespaces(Fd target, Namespaces.CloneFlags flags) => Add(Sys.setns, target, (long)flags);

    /// <summary>prctl(2).</summary>
    public void Prctl(int option, TapeArgument argument, Errno tolerated = Errno.None) =>
        Add(Sys.prctl, option, argument, 0, 0, 0, tolerated: tolerated);

    /// <summary>sethostname(2).</summary>
    public void SetHostName(string name) =>
        Add(Sys.sethostname, Text(name), System.Text.Encoding.UTF8.GetByteCount(name));

    /// <summary>setdomainname(2).</summary>
    public void SetDomainName(string name) =>
        Add(Sys.setdomainname, Text(name), System.Text.Encoding.UTF8.GetByteCount(name));

    /// <summary>keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL): a fresh, anonymous session keyring (keyctl(2)).</summary>
    public void NewSessionKeyring() => Add(Sys.keyctl, 1, 0, tolerated: Errno.ENOSYS);

    /// <summary>umask(2).</summary>
    public void Umask(int mask) => Add(Sys.umask, mask);

    /// <summary>prlimit64(2) of the process itself.</summary>
    public void SetResourceLimit(int resource, ulong soft, ulong hard) =>
        Add(Sys.prlimit64, 0, resource, Structure(new rlimit64 { rlim_cur = soft, rlim_max = hard }), 0);

    /// <summary>setgroups(2), setresgid(2), setresuid(2), the capabilities being kept across the last.</summary>
    public void SetIdentity(uint uid, uint gid, ReadOnlySpan<uint> groups)
    {
        nint list = Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(groups));
        Add(Sys.setgroups, groups.Length, list);
        Add(Sys.setresgid, gid, gid, gid);
        Prctl(8 /* PR_SET_KEEPCAPS */, 1);
        Add(Sys.setresuid, uid, uid, uid);
    }

    /// <summary>seccomp(SECCOMP_SET_MODE_FILTER) with the program of <paramref name="instructions"/> entries.</summary>
    public void SetSeccompFilter(ReadOnlySpan<byte> program, int instructions)
    {
        nint filter = Bytes(program);
        Add(Sys.seccomp, 1, 0, Structure(new sock_fprog { len = (ushort)instructions, filter = filter }));
    }

    /// <summary>
    /// Gives every classic signal its default action: handlers are cleared by clone3, but what the caller or the runtime
    /// ignores (SIGPIPE, under nohup SIGHUP) stays ignored across execve.
    /// </summary>
    public void ResetSignalActions()
    {
        nint action = Structure(default(kernel_sigaction));
        for (int signal = 1; signal <= LastClassicSignal; signal++)
        {
            if (signal is not (SIGKILL or SIGSTOP))
            {
                Add(Sys.rt_sigaction, signal, action, 0, sizeof(ulong));
            }
        }
    }

    /// <summary>rt_sigprocmask(2): no signal is blocked.</summary>
    public void UnblockSignals() => Add(Sys.rt_sigprocmask, SIG_SETMASK, Structure(0UL), 0, sizeof(ulong));

    /// <summary>
    /// execve(2); whatever it fails with, the tape goes on to the next candidate, and <see cref="ResultOf"/> tells
    /// afterwards what each one came to.
    /// </summary>
    public void TryExecute(string path, nint arguments, nint environment, Slot result) =>
        Add(Sys.execve, Text(path), arguments, environment, result: result, tolerated: AnyError);

    /// <summary>execveat(2) of an open file.</summary>
    public void Execute(Fd file, nint arguments, nint environment) =>
        Add(Sys.execveat, file, Text(""), arguments, environment, Mount.AT_EMPTY_PATH);

    /// <summary>ppoll(2) on nothing, for ever: all signals but SIGKILL are blocked in a child that shares memory.</summary>
    public void WaitForSignal() => Add(Sys.ppoll, 0, 0, 0, 0, 8);

    /// <summary>pidfd_send_signal(2).</summary>
    public void Signal(TapeArgument pidFd, int signal) =>
        Add(Sys.pidfd_send_signal, pidFd, signal, 0, 0, tolerated: AnyError);

    /// <summary>clock_gettime(CLOCK_MONOTONIC): notes when the child came by here, for <see cref="TimeOf"/>.</summary>
    /// <returns>Where the time will be.</returns>
    public nint NoteTime()
    {
        nint time = Structure(default(__kernel_timespec));
        Add(Sys.clock_gettime, 1, time);
        return time;
    }

    /// <summary>A time that the child noted, in nanoseconds of CLOCK_MONOTONIC; 0 when it did not come there.</summary>
    public static long TimeOf(nint note)
    {
        __kernel_timespec* time = (__kernel_timespec*)note;
        return (time->tv_sec * 1_000_000_000) + time->tv_nsec;
    }

    /// <summary>exit_group(2).</summary>
    public void Exit(int status) => Add(Sys.exit_group, status);
}
