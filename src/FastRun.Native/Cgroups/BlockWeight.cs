using System;
using System.Globalization;
using System.IO;

namespace FastRun.Native.Cgroups;

/// <summary>
/// Relative block I/O weight. The control files exist wherever the kernel was built with them, but only a device whose
/// scheduler is bfq, or that io.cost is enabled for, obeys them: a weight that nothing obeys is refused.
/// </summary>
internal static class BlockWeight
{
    private const string Limit = "block I/O weight";

    /// <summary>The file to write for the weight on all devices.</summary>
    /// <exception cref="CgroupUnsupportedException">No block device would obey.</exception>
    internal static LimitSetting For(CgroupVersion version, int weight, CgroupDirectory root)
    {
        string value = weight.ToString(CultureInfo.InvariantCulture);
        if (version == CgroupVersion.V1)
        {
            // blkio.weight is that of the schedulers before Linux 5.0, which were its only users.
            return AnyDeviceUsesBfq() || root.TryRead("blkio.weight") is not null
                ? new LimitSetting(Limit, "blkio.weight", value, "blkio.bfq.weight")
                : throw NobodyObeys("no block device uses the bfq scheduler");
        }

        if (AnyDeviceUsesBfq())
        {
            return new LimitSetting(Limit, "io.bfq.weight", value);
        }

        return root.TryRead("io.cost.qos")?.Contains("enable=1", StringComparison.Ordinal) == true
            ? new LimitSetting(Limit, "io.weight", string.Create(CultureInfo.InvariantCulture, $"default {CpuWeight.FromBlkio(weight)}"))
            : throw NobodyObeys("no block device uses the bfq scheduler or has io.cost enabled");
    }

    /// <summary>The file to write for the weight on one device.</summary>
    /// <exception cref="CgroupUnsupportedException">The device would not obey.</exception>
    internal static LimitSetting For(CgroupVersion version, BlockDeviceWeight weight, CgroupDirectory root)
    {
        string device = string.Create(CultureInfo.InvariantCulture, $"{weight.Device.Major}:{weight.Device.Minor}");
        string value = string.Create(CultureInfo.InvariantCulture, $"{device} {weight.Weight}");
        bool bfq = UsesBfq("/sys/dev/block/" + device);
        if (version == CgroupVersion.V1)
        {
            return bfq || root.TryRead("blkio.weight_device") is not null
                ? new LimitSetting(Limit, "blkio.weight_device", value, "blkio.bfq.weight_device")
                : throw NobodyObeys($"device {device} does not use the bfq scheduler");
        }

        if (bfq)
        {
            return new LimitSetting(Limit, "io.bfq.weight", value);
        }

        return CostIsEnabled(root.TryRead("io.cost.qos"), device)
            ? new LimitSetting(Limit, "io.weight", string.Create(CultureInfo.InvariantCulture, $"{device} {CpuWeight.FromBlkio(weight.Weight)}"))
            : throw NobodyObeys($"device {device} does not use the bfq scheduler, nor has it io.cost enabled");
    }

    /// <summary>Whether io.cost.qos (cgroup-v2.rst) has a device as enabled: <c>254:0 enable=1 ctrl=auto ...</c>.</summary>
    internal static bool CostIsEnabled(string? qos, string device)
    {
        foreach (ReadOnlySpan<char> line in qos.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(device + " enable=1", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static CgroupUnsupportedException NobodyObeys(string why) => new($"limit {Limit}", why);

    private static bool AnyDeviceUsesBfq()
    {
        if (!Directory.Exists("/sys/block"))
        {
            return false;
        }

        foreach (string device in Directory.EnumerateFileSystemEntries("/sys/block"))
        {
            if (UsesBfq(device))
            {
                return true;
            }
        }

        return false;
    }

    private static bool UsesBfq(string directory) =>
        ControlText.TryRead(directory + "/queue/scheduler")?.Contains("[bfq]", StringComparison.Ordinal) == true;
}
