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

    /// <summary>The file to write.</summary>
    /// <exception cref="CgroupUnsupportedException">No block device would obey.</exception>
    internal static LimitSetting For(CgroupVersion version, int weight, CgroupDirectory root)
    {
        string value = weight.ToString(CultureInfo.InvariantCulture);
        bool bfq = AnyDeviceUsesBfq();
        if (version == CgroupVersion.V1)
        {
            // blkio.weight is that of the schedulers before Linux 5.0, which were its only users.
            return bfq || root.TryRead("blkio.weight") is not null
                ? new LimitSetting(Limit, "blkio.weight", value, "blkio.bfq.weight")
                : throw NobodyObeys("uses the bfq scheduler");
        }

        if (bfq)
        {
            return new LimitSetting(Limit, "io.bfq.weight", value);
        }

        return root.TryRead("io.cost.qos")?.Contains("enable=1", StringComparison.Ordinal) == true
            ? new LimitSetting(Limit, "io.weight", string.Create(CultureInfo.InvariantCulture, $"default {CpuWeight.FromBlkio(weight)}"))
            : throw NobodyObeys("uses the bfq scheduler or has io.cost enabled");
    }

    private static CgroupUnsupportedException NobodyObeys(string condition) =>
        new($"limit {Limit}", $"no block device {condition}");

    private static bool AnyDeviceUsesBfq()
    {
        if (!Directory.Exists("/sys/block"))
        {
            return false;
        }

        foreach (string device in Directory.EnumerateFileSystemEntries("/sys/block"))
        {
            if (ControlText.TryRead(device + "/queue/scheduler")?.Contains("[bfq]", StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }
}
