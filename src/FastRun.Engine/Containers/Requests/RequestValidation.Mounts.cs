using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Containers.Requests;

public static partial class RequestValidation
{
    private static void CheckMounts(ContainerCreateRequest request)
    {
        foreach (string source in request.VolumesFrom)
        {
            _ = InheritedVolumes.Parse(source);
        }

        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (MountRequest mount in request.Mounts)
        {
            CheckMount(mount);
            if (!targets.Add(Cleaned(mount.Target)))
            {
                throw EngineException.Invalid($"Duplicate mount point: {mount.Target}");
            }
        }

        if (request.Workspace is { } workspace)
        {
            if (!IsAbsolute(workspace.Source) || !IsAbsolute(workspace.Target))
            {
                throw EngineException.Invalid($"workspace {workspace.Source}: paths must be absolute");
            }

            if (Cleaned(workspace.Target) == "/")
            {
                throw new EngineException(
                    ErrorKind.InvalidArgument,
                    "the workspace cannot be mounted at /",
                    hint: "change to the directory to work on, or use --workspace DIR or --no-workspace");
            }

            if (targets.Contains(Cleaned(workspace.Target)))
            {
                throw EngineException.Invalid($"Duplicate mount point: {workspace.Target} is the workspace");
            }
        }

        if (request.ShmSizeBytes is <= 0)
        {
            throw EngineException.Invalid("SHM size can not be less than 0");
        }

        foreach (DeviceRequest device in request.Devices)
        {
            if (!IsAbsolute(device.PathOnHost) || !IsAbsolute(device.PathInContainer) || HasDotDot(device.PathInContainer))
            {
                throw EngineException.Invalid($"invalid device specification: {device.PathOnHost}:{device.PathInContainer}");
            }

            if (!DeviceSyntax.IsPermissions(device.Permissions))
            {
                throw EngineException.Invalid($"bad mode specified: {device.Permissions}");
            }
        }
    }

    private static void CheckMount(MountRequest mount)
    {
        string type = mount.Kind switch
        {
            MountKind.Bind => "bind",
            MountKind.Volume => "volume",
            MountKind.Tmpfs => "tmpfs",
            _ => throw new ArgumentOutOfRangeException(nameof(mount)),
        };
        if (!IsAbsolute(mount.Target))
        {
            throw EngineException.Invalid(
                $"invalid mount config for type \"{type}\": invalid mount path: '{mount.Target}' mount path must be absolute");
        }

        if (Cleaned(mount.Target) == "/")
        {
            throw EngineException.Invalid("invalid specification: destination can't be '/'");
        }

        if (mount.Kind == MountKind.Bind && (mount.Source is null || !IsAbsolute(mount.Source)))
        {
            throw EngineException.Invalid(
                $"invalid mount config for type \"bind\": invalid mount path: '{mount.Source}' mount path must be absolute");
        }

        if (mount.Kind == MountKind.Volume && mount.Source is { } name && !Names.IsValid(name))
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"\"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed",
                hint: "if you intended to pass a host directory, use an absolute path");
        }

        if (mount.Subpath is { } subpath && (subpath.StartsWith('/') || HasDotDot(subpath) || subpath.Contains('\0', StringComparison.Ordinal) || subpath.Length == 0))
        {
            throw EngineException.Invalid(
                "invalid mount config for type \"volume\": subpath must be a relative path within the volume");
        }

        if (mount is { Subpath: not null, Source: null })
        {
            throw EngineException.Invalid("must not set Subpath when using anonymous volumes");
        }

        if (mount.TmpfsSizeBytes is < 0)
        {
            throw EngineException.Invalid($"invalid value for tmpfs-size: {mount.TmpfsSizeBytes}");
        }

        if (mount.Relabel && File.Exists("/sys/fs/selinux/enforce"))
        {
            throw new EngineException(ErrorKind.Unsupported, $"{mount.Target}: SELinux labels (z, Z) are not supported");
        }
    }

    private static bool IsAbsolute(string path) => path is ['/', ..] && !path.Contains('\0', StringComparison.Ordinal);

    /// <summary>The path without empty, <c>.</c> and <c>..</c> components, resolved by its words alone.</summary>
    private static string Cleaned(string path)
    {
        string full = Path.GetFullPath(path);
        return full.Length > 1 ? full.TrimEnd('/') : full;
    }
}
