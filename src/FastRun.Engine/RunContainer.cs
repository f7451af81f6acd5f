using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Host;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine;

/// <summary>
/// One run, from image reference to exit status: read this first. The folders of the sources follow its lines, and
/// docs/follow-a-run.md tells it in prose.
/// </summary>
public sealed class RunContainer(StateLayout layout)
{
    /// <summary>Runs a container in the foreground and returns its exit code. When it returns, nothing is left behind.</summary>
    /// <exception cref="EngineException">The container could not be run.</exception>
    public int Run(ContainerCreateRequest request, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        RequestValidation.Check(request);
        FileCreationMask.Clear();
        Timeline timeline = new(options.Timings);
        RunResources owned = new();
        try
        {
            return Run(request, options, timeline, owned);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is { } translated)
        {
            throw KernelSupport.Explain(translated);
        }
        finally
        {
            List<string> failures = owned.Release();
            timeline.End("clean-up");
            options.Diagnostics(timeline.Print());
            failures.ForEach(failure => options.Diagnostics($"fastrun: {failure}\n"));
        }
    }

    private int Run(ContainerCreateRequest request, RunOptions options, Timeline timeline, RunResources owned)
    {
        // First to come, so last to go: it dies while the rest is being removed.
        Watcher watcher = owned.Own(new Watcher());
        ImageLease? image = ImageResolution.Resolve(layout, request);
        if (image is not null)
        {
            owned.Own(image);
        }

        timeline.End("resolve");

        Sandbox sandbox = owned.Own(Sandbox.Create(layout));
        owned.RemoveLater($"sandbox {sandbox.Id}", sandbox.Remove);
        if (SandboxRecord.Publish(layout, sandbox.Id, request) is { } record)
        {
            owned.Own(record);
            owned.RemoveLater("the sandbox's record", record.Remove);
        }

        Fd root = owned.Own(image is null
            ? HostRootFilesystem.Mount(layout, sandbox)
            : RootFilesystem.Mount(layout, image.Record.LayerIds, sandbox));
        timeline.End("snapshot");

        CgroupHierarchy hierarchy = owned.Own(CgroupHierarchy.Detect());
        LaunchTape tape = owned.Own(new LaunchTape());
        ChildProcess child = owned.Own(new ChildProcess());
        LaunchPlan plan = new LaunchPlanner(layout, request, image?.Record, sandbox, hierarchy).Plan(root, owned);
        TapeMarks marks = TapeWriter.Write(plan, tape, timeline.Enabled);
        timeline.End("plan");
        if (options.Explain)
        {
            options.Output(TapePrinter.Print(tape));
            return 0;
        }

        Supervisor supervisor = owned.Own(new Supervisor(request, image?.Record, plan));
        watcher.Start(plan.Cgroup);
        ChildReport report = child.Start(tape, plan.Namespaces, plan.Cgroup.UnifiedDirectory);
        timeline.EndLaunch(marks);

        BackgroundSync? sync = BackgroundSync.Start(image);
        int code = supervisor.Wait(child, plan.Cgroup);
        watcher.Stop();
        LaunchFailure.ThrowIfFailed(plan, tape, report, marks.FirstCandidate);
        options.Diagnostics(supervisor.Explain(request, plan.Cgroup));
        sync?.Complete();
        timeline.End("run");
        return code;
    }
}
