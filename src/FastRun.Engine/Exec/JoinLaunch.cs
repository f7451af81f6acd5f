using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Exec;

/// <summary>
/// A process from its request to its first instruction in the container: plan, tape, clone. The child of the tape becomes the
/// init, which makes the process our child and ends.
/// </summary>
internal sealed class JoinLaunch
{
    private readonly JoinTarget _target;
    private readonly ExecRequest _request;
    private readonly JoinPlan _plan;
    private readonly LaunchTape _tape;
    private readonly JoinReport _report;
    private readonly RunResources _owned;

    private JoinLaunch(
        JoinTarget target, ExecRequest request, JoinPlan plan, LaunchTape tape, JoinReport report, RunResources owned)
    {
        _target = target;
        _request = request;
        _plan = plan;
        _tape = tape;
        _report = report;
        _owned = owned;
    }

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
        JoinReport report = owned.Own(new JoinReport());
        owned.Own(streams);
        JoinPlan plan = new JoinPlanner(target, request, streams).Plan(owned, report.Writer, diesWithCaller);
        LaunchTape tape = owned.Own(new LaunchTape());
        JoinTape.Write(plan, tape);
        return new JoinLaunch(target, request, plan, tape, report, owned);
    }

    /// <summary>Starts it; returns once it is in the container, and goes on to the command.</summary>
    /// <exception cref="EngineException">It did not come that far.</exception>
    internal ChildProcess Start()
    {
        // Who shares our memory is for nobody to trace who is not as mighty as we are (ptrace(2), proc(5)).
        ProcessMemory.Hide();
        try
        {
            using ChildProcess init = ChildProcess.Launch(_tape, CloneFlags.None, _plan.Cgroup.UnifiedDirectory, out ChildReport joined);
            _report.Writer.Dispose();
            _report.WaitForProcess();
            init.Wait();
            if (joined.Failed)
            {
                throw joined.Error == Errno.ESRCH || !_target.IsAlive ? _target.NotRunning() : JoinFailure.Of(_plan, _tape, joined);
            }

            return _report.Pid > 0 ? _owned.Own(ChildProcess.Adopt(_report.Pid))
                : !_target.IsAlive ? throw _target.NotRunning()
                : throw JoinFailure.NotForked(_report.ForkError);
        }
        catch (SyscallException exception)
        {
            throw !_target.IsAlive ? _target.NotRunning()
                : exception.Errno == Errno.EAGAIN ? JoinFailure.NotForked(exception.Errno)
                : EngineErrors.Translate(exception)!;
        }
    }

    /// <summary>Waits until it is the command.</summary>
    /// <exception cref="EngineException">It has ended without becoming that.</exception>
    internal void WaitUntilExecuted(ChildProcess process)
    {
        _report.WaitForCommand();
        if (_report.ExecuteError != Errno.None)
        {
            process.Wait();
            ThrowIfFailed();
        }
    }

    /// <summary>After its end: throws if it did not become the command.</summary>
    /// <exception cref="EngineException">Why.</exception>
    internal void ThrowIfFailed()
    {
        _report.Read();
        if (_report.ExecuteError != Errno.None)
        {
            throw LaunchFailure.NotExecuted(_request.Command[0], _report.ExecuteError);
        }
    }
}
