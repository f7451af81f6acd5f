using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Devices;

/// <summary>The devices of the host that a request asks for: those it names, or all of them when privileged.</summary>
internal static class HostDevices
{
    private const int MaxDepth = 8;

    // What the container has of its own below /dev.
    private static readonly string[] s_own = ["pts", "shm", "mqueue", "fd", "console", "ptmx", ".lxc", ".lxd-mounts"];

    /// <summary>Looks the devices up.</summary>
    /// <exception cref="EngineException">One is missing or no device.</exception>
    internal static IReadOnlyList<DeviceNode> Of(ContainerCreateRequest request)
    {
        if (request.Devices.Count == 0 && !request.Privileged)
        {
            return [];
        }

        List<DeviceNode> nodes = [];
        if (request.Privileged)
        {
            AddDirectory(nodes, "/dev", "/dev", DeviceAccess.All, depth: 0);
        }

        foreach (DeviceRequest device in request.Devices)
        {
            Add(nodes, device);
        }

        return nodes;
    }

    private static void Add(List<DeviceNode> nodes, DeviceRequest device)
    {
        // Links are followed: /dev/dri/by-path and the like belong to the host's administrator.
        using Fd? file = FileAt.TryOpen(null, device.PathOnHost, OpenFlags.PathOnly, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            throw Failed(device, errno.Describe());
        }

        DeviceAccess access = DeviceRuleSyntax.Access(device.Permissions);
        FileStatus status = FileAt.Stat(file);
        if (status.IsDirectory)
        {
            AddDirectory(nodes, device.PathOnHost, device.PathInContainer, access, depth: 0);
        }
        else if (status.Type is FileType.CharacterDevice or FileType.BlockDevice)
        {
            nodes.Add(DeviceNode.Of(status, device.PathInContainer, access));
        }
        else
        {
            throw Failed(device, "not a device node");
        }
    }

    private static void AddDirectory(List<DeviceNode> nodes, string onHost, string inContainer, DeviceAccess access, int depth)
    {
        using Fd? directory = FileAt.TryOpen(
            null, onHost, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
        if (directory is null || depth > MaxDepth)
        {
            return;
        }

        foreach (DirectoryEntry entry in DirectoryContent.Read(directory))
        {
            string name = entry.Text;
            if ((onHost == "/dev" && Array.IndexOf(s_own, name) >= 0)
                || FileAt.TryStat(directory, name, out FileStatus status) != Errno.None)
            {
                continue;
            }

            if (status.IsDirectory)
            {
                AddDirectory(nodes, $"{onHost}/{name}", $"{inContainer}/{name}", access, depth + 1);
            }
            else if (status.Type is FileType.CharacterDevice or FileType.BlockDevice)
            {
                nodes.Add(DeviceNode.Of(status, $"{inContainer}/{name}", access));
            }
        }
    }

    private static EngineException Failed(DeviceRequest device, string why) => new(
        ErrorKind.InvalidArgument,
        $"error gathering device information while adding custom device \"{device.PathOnHost}\": {why}");
}
