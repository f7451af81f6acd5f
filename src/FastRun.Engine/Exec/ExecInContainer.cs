using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Exec;

/// <summary>
/// Runs one more process in a container that runs. docs/joining-a-container.md tells how the process gets in, and what keeps the
/// container from getting out.
/// </summary>
public sealed class ExecInContainer(StateLayout layout)
{
    /// <summary>Runs it in the foreground and returns its exit code.</summary>
    /// <param name="container">The container's name or id.</param>
    /// <param name="request">What to run.</param>
    /// <param name="diagnostics">Takes text for standard error.</param>
    /// <exception cref="EngineException">It could not be run.</exception>
    public int Run(string container, ExecRequest request, Action<string> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(diagnostics);
        RequestValidation.CheckProcess(request.Env, request.WorkingDir, request.User);
        RunResources owned = new();
        try
        {
            return EngineErrors.Translated(() => Run(container, request, owned));
        }
        finally
        {
            List<string> failures = owned.Release();
            failures.ForEach(failure => diagnostics($"fastrun: {failure}\n"));
        }
    }

    private int Run(string container, ExecRequest request, RunResources owned)
    {
        JoinTarget target = owned.Own(JoinTarget.Open(layout, container));
        Pipe.Open(out Fd report, out Fd reportToUs, nonBlockingRead: true);
        owned.Own(report);
        owned.Own(reportToUs);
        CallerStreams streams = owned.Own(new CallerStreams(request.Tty, request.OpenStdin));
        JoinPlan plan = new JoinPlanner(target, request, streams).Plan(owned, reportToUs, diesWithCaller: true);
        LaunchTape tape = owned.Own(new LaunchTape());
        JoinTape.Write(plan, tape);

        Supervisor supervisor = owned.Own(new Supervisor(streams.Terminal));
        ChildProcess child = owned.Own(new ChildProcess());
        ChildReport joined = Start(target, plan, tape, child);
        reportToUs.Dispose();
        int code = supervisor.Wait(child, cgroup: null);
        JoinFailure.ThrowIfFailed(target, plan, tape, joined);
        JoinFailure.ThrowIfNotExecuted(request, report);
        return code;
    }

    private static ChildReport Start(JoinTarget target, JoinPlan plan, LaunchTape tape, ChildProcess child)
    {
        // The container's processes see the child before it is one of them: they must not get at it through ptrace(2) or /proc.
        ProcessMemory.Hide();
        try
        {
            return child.Start(tape, CloneFlags.None, plan.Cgroup.UnifiedDirectory, target.Process);
        }
        catch (SyscallException exception)
        {
            throw JoinFailure.NotStarted(target, exception);
        }
    }
}
