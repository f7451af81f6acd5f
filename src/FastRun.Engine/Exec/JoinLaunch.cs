using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>A process from its request to its first instruction in the container: plan, tape, clone.</summary>
internal sealed class JoinLaunch
{
    private readonly JoinTarget _target;
    private readonly ExecRequest _request;
    private readonly JoinPlan _plan;
    private readonly LaunchTape _tape;
    private readonly Fd _failure;
    private ChildReport _report;

    private JoinLaunch(JoinTarget target, ExecRequest request, JoinPlan plan, LaunchTape tape, ChildProcess child, Fd failure)
    {
        _target = target;
        _request = request;
        _plan = plan;
        _tape = tape;
        _failure = failure;
        Child = child;
    }

    /// <summary>The process, once started.</summary>
    internal ChildProcess Child { get; }

    /// <summary>Decides everything and writes the tape.</summary>
    /// <param name="target">The container.</param>
    /// <param name="request">What to run in it.</param>
    /// <param name="streams">Its standard descriptors.</param>
    /// <param name="owned">Takes what is opened on the way.</param>
    /// <param name="diesWithCaller">Whether it is killed when this process ends.</param>
    /// <exception cref="EngineException">The request cannot be met in this container.</exception>
    internal static JoinLaunch Prepare(
        JoinTarget target, ExecRequest request, ContainerStreams streams, RunResources owned, bool diesWithCaller)
    {
        Pipe.Open(out Fd failure, out Fd report, nonBlockingRead: true);
        owned.Own(failure);
        owned.Own(report);
        owned.Own(streams);
        JoinPlan plan = new JoinPlanner(target, request, streams).Plan(owned, report, diesWithCaller);
        LaunchTape tape = owned.Own(new LaunchTape());
        JoinTape.Write(plan, tape);
        return new JoinLaunch(target, request, plan, tape, owned.Own(new ChildProcess()), failure);
    }

    /// <summary>Starts it; returns once it has joined the container and goes on to the command, or has given up.</summary>
    /// <exception cref="EngineException">It could not be made.</exception>
    internal void Start()
    {
        // The container's processes see the child before it is one of them: they must not get at it through ptrace(2) or /proc.
        ProcessMemory.Hide();
        try
        {
            _report = Child.Start(_tape, CloneFlags.None, _plan.Cgroup.UnifiedDirectory, _target.Process);
        }
        catch (SyscallException exception)
        {
            throw _target.IsAlive ? EngineErrors.Translate(exception)! : _target.NotRunning();
        }

        _plan.KeptDescriptor!.Dispose();
    }

    /// <summary>Waits until it is the command.</summary>
    /// <exception cref="EngineException">It has ended without becoming that.</exception>
    internal void WaitUntilExecuted()
    {
        using PollSet poll = new();
        poll.Add(_failure.Number, PollEvents.Readable);
        poll.Wait();
        try
        {
            ThrowIfFailed();
        }
        catch (EngineException)
        {
            Child.Wait();
            throw;
        }
    }

    /// <summary>Throws if it did not become the command, as far as that is known.</summary>
    /// <exception cref="EngineException">Why.</exception>
    internal void ThrowIfFailed()
    {
        if (_report.Failed)
        {
            throw _report.Error == Errno.ESRCH || !_target.IsAlive ? _target.NotRunning() : JoinFailure.Of(_plan, _tape, _report);
        }

        Span<byte> errno = stackalloc byte[sizeof(int)];
        if (Pipe.TryRead(_failure, errno) == sizeof(int))
        {
            throw LaunchFailure.NotExecuted(_request.Command[0], (Errno)BitConverter.ToInt32(errno));
        }
    }
}
