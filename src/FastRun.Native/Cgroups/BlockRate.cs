using System.Globalization;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Cgroups;

/// <summary>A limit on the traffic with one block device.</summary>
/// <param name="Device">The device, a whole disk.</param>
/// <param name="Kind">What is counted.</param>
/// <param name="PerSecond">How much of it in a second, above 0.</param>
public sealed record BlockRate(DeviceNumber Device, BlockRateKind Kind, long PerSecond)
{
    /// <summary>The file to write: io.max of cgroup-v2.rst, or blkio.throttle.* of cgroup-v1/blkio-controller.rst.</summary>
    internal LimitSetting Setting(CgroupVersion version)
    {
        (string key, string file) = Kind switch
        {
            BlockRateKind.ReadBytes => ("rbps", "read_bps_device"),
            BlockRateKind.WriteBytes => ("wbps", "write_bps_device"),
            BlockRateKind.ReadOperations => ("riops", "read_iops_device"),
            _ => ("wiops", "write_iops_device"),
        };
        return new LimitSetting(
            "block I/O rates",
            version == CgroupVersion.V2 ? "io.max" : "blkio.throttle." + file,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Device.Major}:{Device.Minor} {(version == CgroupVersion.V2 ? key + "=" : "")}{PerSecond}"));
    }
}
