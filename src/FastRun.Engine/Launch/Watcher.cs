using System;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch;

/// <summary>
/// Ends a sandbox when the process that runs it dies, however it dies: a child that waits for that on a pidfd and then
/// writes cgroup.kill. PID 1 of the sandbox cannot evade it, as it can evade PDEATHSIG. Or lets a container go on that this
/// process has stopped for a moment. It is a tape of a few system calls and shares this process's memory, so it costs a stack and no copy.
/// </summary>
internal sealed class Watcher : IDisposable
{
    private const int SIGKILL = 9;

    private readonly LaunchTape _tape = new();
    private readonly ChildProcess _child = new();
    private bool _stopped;

    /// <summary>Starts watching, before there is anything to end, so that there is no gap.</summary>
    /// <exception cref="SyscallException">There is no descriptor or process left.</exception>
    internal void Start(Cgroup cgroup) => Start(cgroup.KillFile, "1");

    /// <summary>Starts watching before a cgroup is frozen, which is thawed when this process dies.</summary>
    /// <exception cref="SyscallException">There is no descriptor or process left.</exception>
    internal void StartThawing(Cgroup cgroup)
    {
        using Fd file = cgroup.OpenFreezeFile();
        Start(file, "0");
    }

    private void Start(Fd file, string text)
    {
        using Fd self = ProcessDescriptor.OpenSelf();
        _tape.NewSession();
        _tape.Duplicate(self, 0);
        _tape.Duplicate(file, 1);
        _tape.CloseFrom(2);
        _tape.WaitReadable(Fd.Borrow(0));
        _tape.Write(1, _tape.Text(text), text.Length);
        _tape.Exit(0);
        _child.StartBeside(_tape);
    }

    /// <summary>Stops watching, without waiting for the watcher to be gone: that is for <see cref="Dispose"/>.</summary>
    internal void Stop()
    {
        if (_child.Pid != 0 && !_stopped)
        {
            _stopped = true;
            _child.Signal(SIGKILL);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_stopped)
        {
            _child.Wait();
        }

        _child.Dispose();
        _tape.Dispose();
    }
}
