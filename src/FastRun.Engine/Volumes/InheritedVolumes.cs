using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Engine.Volumes;

/// <summary>
/// <c>--volumes-from CONTAINER[:ro|rw]</c>: the volumes and binds of other containers. What the request mounts itself goes
/// before, and a later container before an earlier one.
/// </summary>
internal static class InheritedVolumes
{
    /// <summary>The request with those mounts.</summary>
    /// <exception cref="EngineException">A container is not there, or has volumes that end with it.</exception>
    internal static ContainerCreateRequest Resolve(StateLayout layout, ContainerCreateRequest request)
    {
        if (request.VolumesFrom.Count == 0)
        {
            return request;
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        List<MountRequest> mounts = [.. request.Mounts];
        mounts.ForEach(mount => taken.Add(Cleaned(mount.Target)));
        if (request.Workspace is { } workspace)
        {
            taken.Add(Cleaned(workspace.Target));
        }

        ContainerStore store = new(layout);
        for (int i = request.VolumesFrom.Count - 1; i >= 0; i--)
        {
            (string name, bool? readOnly) = Parse(request.VolumesFrom[i]);
            Container container = store.Find(name);
            foreach (MountRequest mount in container.Record.Request.Mounts)
            {
                if (mount.Kind != MountKind.Tmpfs && taken.Add(Cleaned(mount.Target)))
                {
                    mounts.Add(Inherit(container, mount) with { ReadOnly = readOnly ?? mount.ReadOnly, Inherited = true });
                }
            }
        }

        return request with { Mounts = mounts };
    }

    /// <summary>Divides <c>CONTAINER[:mode]</c>; the mode is null where the source's own counts.</summary>
    /// <exception cref="EngineException">It has another form.</exception>
    internal static (string Container, bool? ReadOnly) Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        if (name.Length == 0)
        {
            throw EngineException.Invalid($"invalid volume specification: '{text}'");
        }

        return (name, colon < 0 ? null : text[(colon + 1)..] switch
        {
            "ro" => true,
            "rw" => false,
            "z" or "Z" => null,
            var mode => throw EngineException.Invalid($"invalid mode: {mode}"),
        });
    }

    private static MountRequest Inherit(Container container, MountRequest mount) =>
        mount is { Kind: MountKind.Volume, Source: null }
            ? throw new EngineException(
                ErrorKind.Unsupported,
                $"volumes from {container.Name}: its volume at {mount.Target} has no name and ends with the command that runs it",
                hint: "name the volume, or run that container with -d or without --rm")
            : mount;

    private static string Cleaned(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
