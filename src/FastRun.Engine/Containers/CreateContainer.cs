using System;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
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
    /// <exception cref="EngineException">The request is wrong, its name is taken, or its image cannot be had.</exception>
    public Container Create(ContainerCreateRequest request, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        RequestValidation.Check(request);
        FileCreationMask.Clear();
        return EngineErrors.Translated(() =>
        {
            using ImageLease? image = ImageResolution.Resolve(layout, request, options);
            image?.MakeDurable();
            using Sandbox sandbox = Sandbox.Create(layout);
            try
            {
                ContainerRecord record = ContainerRegistration.Register(
                    layout, sandbox, ContainerRegistration.WithVolumeNames(request, image?.Record), image?.Record);
                ContainerEvents.Note(layout, record, "create");
                return new Container(record, new ContainerState());
            }
            catch
            {
                Discard(sandbox);
                throw;
            }
        });
    }

    /// <summary>What cannot be removed has no owner, and is collected later; the failure before it counts.</summary>
    private static void Discard(Sandbox sandbox)
    {
        try
        {
            sandbox.Remove();
        }
        catch (SyscallException)
        {
        }
    }
}
