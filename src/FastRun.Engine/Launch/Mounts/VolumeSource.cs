using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>Opens the volumes of a run and fills the empty ones from the image, as Docker does.</summary>
/// <param name="layout">Where volumes are.</param>
/// <param name="sandbox">Whom anonymous volumes belong to, and go with.</param>
/// <param name="root">The root file system, before anything is mounted on it.</param>
/// <param name="owned">Holds the volumes for as long as the run uses them.</param>
internal sealed class VolumeSource(StateLayout layout, Sandbox sandbox, Fd root, RunResources owned)
{
    private readonly VolumeStore _store = new(layout);
    private int _anonymous;

    /// <summary>The request's mounts, and an anonymous volume for each path of the image's config that none of them covers.</summary>
    /// <exception cref="EngineException">The image names a path that cannot be mounted on.</exception>
    internal static IReadOnlyList<MountRequest> WithImageVolumes(ContainerCreateRequest request, LaunchRecord? image)
    {
        if (image is null || image.Volumes.Count == 0)
        {
            return request.Mounts;
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        List<MountRequest> mounts = [.. request.Mounts];
        mounts.ForEach(mount => taken.Add(Cleaned(mount.Target)));
        if (request.Workspace is { } workspace)
        {
            taken.Add(Cleaned(workspace.Target));
        }

        foreach (string path in image.Volumes)
        {
            if (path is not ['/', ..] || path.Contains('\0', StringComparison.Ordinal) || Cleaned(path) == "/")
            {
                throw new EngineException(ErrorKind.InvalidArgument, $"image: its volume path \"{path}\" cannot be mounted on");
            }

            if (taken.Add(Cleaned(path)))
            {
                mounts.Add(new MountRequest { Kind = MountKind.Volume, Target = Cleaned(path), Written = "" });
            }
        }

        return mounts;
    }

    /// <summary>Opens the volume of a mount; it is released when the run ends.</summary>
    /// <exception cref="EngineException">It cannot be made or filled.</exception>
    internal Volume Open(MountRequest mount)
    {
        Volume volume = owned.Own(
            mount.Source is { } name
                ? _store.Open(name, LabelsOf(mount), mount.VolumeOptions)
                : _store.OpenAnonymous(sandbox.Id, _anonymous++));
        if (!mount.NoCopy)
        {
            volume.FillIfEmpty(root, mount.Target, mount.Subpath ?? VolumeFill.Whole);
        }

        return volume;
    }

    /// <summary>The labels of a mount's volume, should it be made now.</summary>
    internal static IReadOnlyDictionary<string, string>? LabelsOf(MountRequest mount) =>
        mount.Anonymous && mount.VolumeLabels is null ? VolumeSummary.AnonymousLabels : mount.VolumeLabels;

    private static string Cleaned(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
