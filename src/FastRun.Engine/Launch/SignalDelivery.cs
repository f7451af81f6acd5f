using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch;

/// <summary>Signals for the first process of a container.</summary>
internal static class SignalDelivery
{
    private const int SIGKILL = 9;

    /// <summary>
    /// Sends a signal. The kernel keeps from PID 1 of a namespace what it has no handler for; where that signal would
    /// have ended an ordinary process, the whole container is ended at once instead.
    /// </summary>
    /// <returns>Whether that was so.</returns>
    internal static bool Send(Fd pidFd, int pid, Cgroup cgroup, int signal)
    {
        if (signal == SIGKILL || SignalDisposition.EndsUnhandled(signal, pid))
        {
            Kill(pidFd, cgroup);
            return true;
        }

        ProcessInstance.TrySignal(pidFd, signal);
        return false;
    }

    /// <summary>As the other, to a child.</summary>
    internal static bool Send(ChildProcess child, Cgroup cgroup, int signal) =>
        Send(child.PidFd, child.Pid, cgroup, signal);

    /// <summary>Ends every process of the container.</summary>
    internal static void Kill(Fd pidFd, Cgroup cgroup)
    {
        cgroup.Kill();
        ProcessInstance.TrySignal(pidFd, SIGKILL);
    }
}
