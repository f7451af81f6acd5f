using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;

namespace FastRun.Engine.Containers;

/// <summary>Makes the directory of a sandbox a container's: claims its name and writes its record.</summary>
internal static class ContainerRegistration
{
    private const int MostNames = 16;

    /// <summary>Registers it. The caller holds the sandbox.</summary>
    /// <exception cref="EngineException">The name is in use.</exception>
    internal static ContainerRecord Register(
        StateLayout layout, Sandbox sandbox, ContainerCreateRequest request, LaunchRecord? image)
    {
        ContainerStore store = new(layout);
        for (int attempt = 0; ; attempt++)
        {
            ContainerRecord record = new()
            {
                Id = sandbox.Id,
                Name = request.Name ?? RandomName.Next(attempt),
                CreatedAt = DateTimeOffset.UtcNow,
                Request = request,
                ImageId = image?.ImageId.ToString() ?? "",
                Arguments = CommandLine.ArgumentsOf(request, image),
            };
            try
            {
                store.Add(record);
                return record;
            }
            catch (EngineException exception) when (
                exception.Kind == ErrorKind.Conflict && request.Name is null && attempt < MostNames)
            {
                // Somebody has that one: another is as good.
            }
        }
    }

    /// <summary>The request with a name for each volume that has none, its image's included, so that they outlive a run.</summary>
    internal static ContainerCreateRequest WithVolumeNames(ContainerCreateRequest request, LaunchRecord? image)
    {
        List<MountRequest> mounts = [];
        foreach (MountRequest mount in VolumeSource.WithImageVolumes(request, image))
        {
            if (mount is { Kind: MountKind.Volume, Source: null })
            {
                mounts.Add(mount with { Source = RandomBytes.NewId(), Anonymous = true });
            }
            else
            {
                mounts.Add(mount);
            }
        }

        return request with { Mounts = mounts };
    }
}
