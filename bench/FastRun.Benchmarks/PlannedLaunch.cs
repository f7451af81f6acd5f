using System;
using System.Collections.Generic;
using FastRun.Engine;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Networks;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Benchmarks;

/// <summary>A launch planned as RunContainer plans it, up to where the tape is written.</summary>
internal sealed class PlannedLaunch : IDisposable
{
    private readonly RunResources _owned;

    private PlannedLaunch(RunResources owned) => _owned = owned;

    internal required Sandbox Sandbox { get; init; }

    internal required LaunchPlan Plan { get; init; }

    internal required IReadOnlyList<string> LayerIds { get; init; }

    internal required LaunchTape Tape { get; init; }

    internal required ChildProcess Child { get; init; }

    /// <summary>Plans <c>fastrun exec --network none --no-workspace IMAGE -- true</c>.</summary>
    internal static PlannedLaunch Of(StateLayout layout, string imageName)
    {
        FileCreationMask.Clear();
        ContainerCreateRequest request = new() { Image = imageName, Command = ["true"], Network = "none" };
        RunResources owned = new();
        ImageLease? image = ImageResolution.Resolve(layout, request, new RunOptions());
        Sandbox sandbox = owned.Own(Sandbox.Create(layout));
        owned.RemoveLater("sandbox", sandbox.Remove);
        IReadOnlyList<string> layerIds = image is null ? [] : owned.Own(image).Record.LayerIds;
        Fd root = owned.Own(image is null
            ? HostRootFilesystem.Mount(layout, [], sandbox)
            : RootFilesystem.Mount(layout, layerIds, sandbox));
        CgroupHierarchy hierarchy = owned.Own(CgroupHierarchy.Detect());
        ContainerIdentity identity = new(sandbox.Id, "", LaunchPlanner.HostNameOf(request, sandbox.Id));
        NameResolution names = NameResolution.Prepare(layout, request, identity, network: null, owned);
        LaunchPlanner planner = new(
            layout, request, image?.Record, sandbox, hierarchy, owned.Own(new CallerStreams(tty: false, openStdin: false)), network: null, names);
        return new PlannedLaunch(owned)
        {
            Sandbox = sandbox,
            LayerIds = layerIds,
            Tape = owned.Own(new LaunchTape()),
            Child = owned.Own(new ChildProcess()),
            Plan = planner.Plan(root, owned),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned.Release() is [var failure, ..])
        {
            throw new InvalidOperationException(failure);
        }
    }
}
