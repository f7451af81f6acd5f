using System;
using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Host;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Networks;
using FastRun.Engine.Reports;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
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
        RunReport? report = RunReport.Begin(request, options.ReportTo);
        RunTrace? trace = RunTrace.Begin(options.TraceFile, request.Image);
        FileCreationMask.Clear();
        Timeline timeline = new(options.Timings || report is not null || trace is not null);
        RunResources owned = new();
        try
        {
            return Run(report is null ? request : RunReport.Measured(request), options with { Trace = trace }, timeline, owned, report);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is { } translated)
        {
            EngineException explained = KernelSupport.Explain(translated);
            report?.Failed(explained, options.FailureCode(explained.Kind));
            trace?.Failed(explained);
            timeline.End("failed");
            throw explained;
        }
        finally
        {
            List<string> failures = owned.Release();
            timeline.End("clean-up");
            options.Diagnostics(options.Timings ? timeline.Print() : "");
            failures.AddRange(report?.Write(timeline) ?? []);
            failures.AddRange(trace?.Write(timeline) ?? []);
            failures.ForEach(failure => options.Diagnostics($"fastrun: {failure}\n"));
        }
    }

    private int Run(ContainerCreateRequest request, RunOptions options, Timeline timeline, RunResources owned, RunReport? report)
    {
        request = RequestedNetworks.Resolve(request);
        RequestValidation.Check(request);
        request = InheritedVolumes.Resolve(layout, request);
        request = RequestedNamespaces.Resolve(layout, request);

        // First to come, so last to go: it dies while the rest is being removed.
        Watcher watcher = owned.Own(new Watcher());
        ImageLease? image = options.Capture is { } kept ? kept.Image : ImageResolution.Resolve(layout, request, options);
        if (image is not null && options.Capture is null)
        {
            owned.Own(image);
        }

        report?.Of(layout, image?.Record);
        timeline.End("resolve");

        Sandbox sandbox = options.Capture?.Sandbox ?? owned.Own(Sandbox.Create(layout));
        if (options.Capture is null)
        {
            owned.RemoveLater($"sandbox {sandbox.Id}", sandbox.Remove);
        }

        ForegroundContainer? container = ForegroundContainer.Publish(layout, sandbox, request, image?.Record);
        if (container is not null)
        {
            owned.RemoveLater("the container's name", container.Remove);
        }

        Fd root = owned.Own(ImageRoot.Mount(layout, image?.Record, written: [], sandbox));
        timeline.End("snapshot");

        CallerStreams streams = new(request.Tty, request.OpenStdin);
        ContainerLaunch launch = ContainerLaunch.Prepare(
            layout, request, container?.Name ?? "", image?.Record, sandbox, root, streams, owned, timeline.Enabled);
        foreach (string warning in launch.Warnings)
        {
            options.Diagnostics($"WARNING: {warning}\n");
        }

        timeline.End("plan");
        if (options.Explain)
        {
            options.Output(TapePrinter.Print(launch.Tape));
            return 0;
        }

        Supervisor supervisor = owned.Own(new Supervisor(request, image?.Record, streams.Terminal) { EndsAtSignals = options.EndsAtSignals });
        watcher.Start(launch.Plan.Cgroup);
        launch.Start();
        timeline.EndLaunch(launch.Marks);
        container?.Started(launch);

        BackgroundSync? sync = BackgroundSync.Start(image);
        int code = supervisor.Wait(launch.Child, launch.Plan.Cgroup, launch, container?.Health);
        watcher.Stop();
        launch.ThrowIfFailed();
        options.Capture?.Hold(launch.Plan.Mounts);
        report?.Ended(code, supervisor, launch.Plan.Cgroup);
        container?.Ended(code, launch.Plan.Cgroup.OomKilled());
        options.Diagnostics(supervisor.Explain(request, launch.Plan.Cgroup));
        options.Waiting(supervisor.Waiting);
        if (launch.Refusals() is { } refusals)
        {
            report?.Refused(refusals);
            options.Refused(refusals);
        }

        sync?.Complete();
        timeline.End("run");
        return code;
    }
}
