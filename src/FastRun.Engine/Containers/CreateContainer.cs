using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Reports;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Containers;

/// <summary>Makes a container without starting it.</summary>
public sealed class CreateContainer(StateLayout layout)
{
    /// <summary>Makes it, pulling or loading its image first where that is needed.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="options">Who hears of a pull.</param>
    /// <param name="starting">It is started next: its supervisor brings it to the disk, and nobody waits here.</param>
    /// <exception cref="EngineException">The request is wrong, its name is taken, or its image cannot be had.</exception>
    public Container Create(ContainerCreateRequest request, RunOptions options, bool starting = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        RunReport? report = RunReport.Begin(request);
        try
        {
            ContainerCreateRequest resolved = RequestedNetworks.Resolve(request);
            RequestValidation.Check(resolved);
            if (!starting && RequestedPorts.Warning(resolved) is { } warning)
            {
                options.Diagnostics($"WARNING: {warning}\n");
            }

            FileCreationMask.Clear();
            return EngineErrors.Translated(() => Make(resolved, options, starting));
        }
        catch (EngineException exception) when (report is not null)
        {
            report.Failed(exception, options.FailureCode(exception.Kind));
            foreach (string failure in report.Write(new Timeline(enabled: false)))
            {
                options.Diagnostics($"fastrun: {failure}\n");
            }

            throw;
        }
    }

    private Container Make(ContainerCreateRequest request, RunOptions options, bool starting)
    {
        using ImageLease? image = ImageResolution.Resolve(layout, request, options);
        if (!starting)
        {
            image?.MakeDurable();
        }

        ContainerCreateRequest whole = ContainerRegistration.WithVolumeNames(
            RequestedNamespaces.Resolve(layout, InheritedVolumes.Resolve(layout, request)), image?.Record)
            with { Healthcheck = ImageHealthCheck.Merge(layout, request.Healthcheck, image?.Record) };
        using Sandbox sandbox = Sandbox.Create(layout);
        ContainerRecord? record = null;
        try
        {
            record = ContainerRegistration.Register(layout, sandbox, whole, image?.Record);
            MakeVolumes(whole);
            ContainerEvents.Note(layout, record, "create");
            if (!starting)
            {
                new ContainerStore(layout).MakeDurable(record);
            }

            return new Container(record, new ContainerState());
        }
        catch
        {
            Discard(sandbox, record);
            throw;
        }
    }

    /// <summary>
    /// After the record, by which everybody knows that the container needs them: a kill leaves no volume without a container.
    /// What is missing is made again when it starts.
    /// </summary>
    private void MakeVolumes(ContainerCreateRequest request)
    {
        VolumeStore store = new(layout);
        foreach (MountRequest mount in request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Source: { } name })
            {
                store.Reserve(name, VolumeSource.LabelsOf(mount), mount.VolumeOptions).Dispose();
            }
        }
    }

    /// <summary>What cannot be removed has no owner, and is collected later; the failure before it counts.</summary>
    private void Discard(Sandbox sandbox, ContainerRecord? record)
    {
        try
        {
            if (record is null)
            {
                sandbox.Remove();
            }
            else
            {
                ContainerRemoval.RemoveHeld(layout, record, sandbox, volumes: true);
            }
        }
        catch (SyscallException)
        {
        }
    }
}
