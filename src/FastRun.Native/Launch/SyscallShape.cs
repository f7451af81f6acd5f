using System.Globalization;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>
/// How a system call of the tape is printed: its name and one letter an argument. d descriptor, i number, x flags,
/// s string, b buffer with its length behind, v string vector, o open_how, p other pointer.
/// </summary>
internal readonly record struct SyscallShape(string Name, string Arguments)
{
    /// <summary>The shape of the system call with this number.</summary>
    internal static SyscallShape Of(int number)
    {
        (int Number, string Name, string Arguments)[] shapes =
        [
            (Sys.capset, "capset", "pp"),
            (Sys.clock_gettime, "clock_gettime", "ip"),
            (Sys.close, "close", "d"),
            (Sys.close_range, "close_range", "iix"),
            (Sys.dup3, "dup3", "ddx"),
            (Sys.execve, "execve", "svp"),
            (Sys.execveat, "execveat", "dsvpx"),
            (Sys.exit_group, "exit_group", "i"),
            (Sys.fchdir, "fchdir", "d"),
            (Sys.fcntl, "fcntl", "dii"),
            (Sys.fsconfig, "fsconfig", "dissi"),
            (Sys.fsmount, "fsmount", "dxx"),
            (Sys.fsopen, "fsopen", "sx"),
            (Sys.ioctl, "ioctl", "dxp"),
            (Sys.keyctl, "keyctl", "ip"),
            (Sys.mount, "mount", "sssxp"),
            (Sys.mount_setattr, "mount_setattr", "dsxpi"),
            (Sys.move_mount, "move_mount", "dsdsx"),
            (Sys.open_tree, "open_tree", "dsx"),
            (Sys.openat2, "openat2", "dsoi"),
            (Sys.pidfd_send_signal, "pidfd_send_signal", "dipi"),
            (Sys.pivot_root, "pivot_root", "ss"),
            (Sys.ppoll, "ppoll", "piipi"),
            (Sys.prctl, "prctl", "iiiii"),
            (Sys.prlimit64, "prlimit64", "iipp"),
            (Sys.rt_sigaction, "rt_sigaction", "ippi"),
            (Sys.rt_sigprocmask, "rt_sigprocmask", "ippi"),
            (Sys.seccomp, "seccomp", "ixp"),
            (Sys.setdomainname, "setdomainname", "bi"),
            (Sys.setgroups, "setgroups", "ip"),
            (Sys.sethostname, "sethostname", "bi"),
            (Sys.setns, "setns", "dx"),
            (Sys.setresgid, "setresgid", "iii"),
            (Sys.setresuid, "setresuid", "iii"),
            (Sys.setsid, "setsid", ""),
            (Sys.socket, "socket", "ixi"),
            (Sys.umask, "umask", "x"),
            (Sys.umount2, "umount2", "sx"),
            (Sys.unshare, "unshare", "x"),
            (Sys.write, "write", "dbi"),
        ];
        foreach ((int candidate, string name, string arguments) in shapes)
        {
            if (candidate == number)
            {
                return new SyscallShape(name, arguments);
            }
        }

        return new SyscallShape("syscall_" + number.ToString(CultureInfo.InvariantCulture), "xxxxxx");
    }
}
