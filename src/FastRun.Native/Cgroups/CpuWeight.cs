using System;

namespace FastRun.Native.Cgroups;

/// <summary>Conversions from v1's relative weights to v2's.</summary>
internal static class CpuWeight
{
    /// <summary>
    /// cpu.shares (2 to 262144, default 1024) as cpu.weight (1 to 10000, default 100): the curve through both ends and both
    /// defaults that runc and crun use today. The straight line they used before made the default a weight of 39.
    /// </summary>
    internal static long FromShares(long shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262144)
        {
            return 10000;
        }

        double log = Math.Log2(shares);
        return (long)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
    }

    /// <summary>blkio.weight (10 to 1000) as io.weight (1 to 10000), as runc and crun convert it.</summary>
    internal static long FromBlkio(int weight) => 1 + ((weight - 10) * 9999L / 990);
}
