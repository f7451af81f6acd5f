using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what the container sees of files and devices.</summary>
internal sealed class FilesystemOptions
{
    private readonly List<MountRequest> _mounts = [];
    private readonly List<string> _volumesFrom = [];
    private readonly List<DeviceRequest> _devices = [];
    private long? _shmSize;
    private bool _readOnly;

    internal Option[] Build() =>
    [
        new("volume", 'v', "list", "Bind mount a host path, or mount a volume: [source:]target[:options]", value => _mounts.Add(VolumeSyntax.Parse(AbsoluteSource(value)))),
        new("mount", '\0', "mount", "Attach a file system mount: type=bind|volume|tmpfs,source=...,target=...[,readonly]...", value => _mounts.Add(AbsoluteSource(MountSyntax.Parse(value)))),
        new("tmpfs", '\0', "list", "Mount a tmpfs: target[:options]", value => _mounts.Add(TmpfsSyntax.Parse(value))),
        new("volumes-from", '\0', "list", "Mount the volumes and binds of another container: CONTAINER[:ro|rw]", _volumesFrom.Add),
        new("device", '\0', "list", "Add a host device: host[:container][:rwm]", value => _devices.Add(DeviceSyntax.Parse(value))),
        new("shm-size", '\0', "bytes", "Size of /dev/shm (default 64m)", value => _shmSize = Values.UnlessZero(ByteSize.Parse(value))),
        Option.Switch("read-only", '\0', "Mount the root file system read-only", value => _readOnly = value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with
    {
        Mounts = _mounts,
        VolumesFrom = _volumesFrom,
        Devices = _devices,
        ShmSizeBytes = _shmSize,
        ReadOnlyRootfs = _readOnly,
    };

    /// <summary>A source that begins with a dot is a path from the current directory.</summary>
    private static string AbsoluteSource(string volume)
    {
        int colon = volume.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && volume[0] == '.' ? Path.GetFullPath(volume[..colon]) + volume[colon..] : volume;
    }

    private static MountRequest AbsoluteSource(MountRequest mount) =>
        mount is { Kind: MountKind.Bind, Source: ['.', ..] } ? mount with { Source = Path.GetFullPath(mount.Source) } : mount;
}
