using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Devices;

/// <summary>The block devices whose use a request limits, by number: a cgroup knows no paths.</summary>
internal static class BlockDevices
{
    /// <summary>The request's limits, with those on single devices.</summary>
    /// <exception cref="EngineException">A path is not that of a whole disk.</exception>
    internal static CgroupLimits Resolve(ContainerCreateRequest request)
    {
        if (request.BlkioDeviceRates.Count == 0 && request.BlkioDevicePriorities.Count == 0)
        {
            return request.Limits;
        }

        List<BlockRate> rates = [];
        foreach (BlockDeviceRate rate in request.BlkioDeviceRates)
        {
            DeviceNumber device = Number(rate.Path);
            if (rate.PerSecond > 0)
            {
                rates.Add(new BlockRate(device, rate.Kind, rate.PerSecond));
            }
        }

        List<BlockDeviceWeight> weights = [];
        foreach (BlockDevicePriority priority in request.BlkioDevicePriorities)
        {
            DeviceNumber device = Number(priority.Path);
            if (priority.Weight > 0)
            {
                weights.Add(new BlockDeviceWeight(device, priority.Weight));
            }
        }

        return request.Limits with { BlkioRates = rates, BlkioDeviceWeights = weights };
    }

    private static DeviceNumber Number(string path)
    {
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            throw EngineException.Invalid($"{path}: {errno.Describe()}");
        }

        FileStatus status = FileAt.Stat(file);
        if (status.Type != FileType.BlockDevice)
        {
            throw EngineException.Invalid($"{path}: not a block device");
        }

        string partition = string.Create(
            CultureInfo.InvariantCulture, $"/sys/dev/block/{status.Node.Major}:{status.Node.Minor}/partition");
        return FileAt.TryStat(null, partition, out _) == Errno.None
            ? throw new EngineException(
                ErrorKind.InvalidArgument,
                $"{path}: it is a partition, and the kernel limits the use of whole disks only",
                hint: "name the disk that the partition is on")
            : status.Node;
    }
}
