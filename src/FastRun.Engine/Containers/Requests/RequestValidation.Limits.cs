using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Requests;

public static partial class RequestValidation
{
    private const long MinimumMemory = 6 << 20;
    private const long LeastNanoCpus = 10_000_000;
    private const int MostCpusInSet = 8192;

    internal static void CheckLimits(CgroupLimits limits, int cpus)
    {
        CheckMemory(limits);
        CheckCpuPeriod(limits);
        if (limits.NanoCpus is { } nano && (nano < LeastNanoCpus || nano > cpus * 1_000_000_000L))
        {
            throw EngineException.Invalid(
                $"range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available");
        }

        if (limits.CpuShares is < 2 or > 262144)
        {
            throw EngineException.Invalid($"range of CPU shares is from 2 to 262144: {limits.CpuShares}");
        }

        if (limits.CpusetCpus is { } set && !IsCpuList(set))
        {
            throw EngineException.Invalid($"Invalid value {set} for cpuset cpus");
        }

        if (limits.CpusetMems is { } nodes && !IsCpuList(nodes))
        {
            throw EngineException.Invalid($"Invalid value {nodes} for cpuset mems");
        }

        if (limits.Pids is 0 or < -1)
        {
            throw EngineException.Invalid($"invalid pids limit: {limits.Pids}");
        }

        if (limits.BlkioWeight is { } weight && !IsBlkioWeight(weight))
        {
            throw EngineException.Invalid("range of blkio weight is from 10 to 1000");
        }
    }

    internal static bool IsBlkioWeight(int weight) => weight is >= 10 and <= 1000;

    private static void CheckCpuPeriod(CgroupLimits limits)
    {
        if (limits is { NanoCpus: not null, CpuPeriodMicroseconds: not null })
        {
            throw EngineException.Invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
        }

        if (limits is { NanoCpus: not null, CpuQuotaMicroseconds: not null })
        {
            throw EngineException.Invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        }

        if (limits.CpuPeriodMicroseconds is < 1000 or > 1_000_000)
        {
            throw EngineException.Invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        }

        if (limits.CpuQuotaMicroseconds is < 1000 and not -1)
        {
            throw EngineException.Invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
        }
    }

    private static void CheckMemory(CgroupLimits limits)
    {
        if (limits.MemoryBytes is < MinimumMemory)
        {
            throw EngineException.Invalid("Minimum memory limit allowed is 6MB");
        }

        if (limits.MemoryReservationBytes is < MinimumMemory)
        {
            throw EngineException.Invalid("Minimum memory reservation allowed is 6MB");
        }

        if (limits.MemoryBytes < limits.MemoryReservationBytes)
        {
            throw EngineException.Invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
        }

        if (limits.MemorySwappiness is < 0 or > 100)
        {
            throw EngineException.Invalid(
                $"Invalid value: {limits.MemorySwappiness}, valid memory swappiness range is 0-100");
        }

        if (limits.MemorySwapBytes is not { } swap)
        {
            return;
        }

        if (swap < -1)
        {
            throw EngineException.Invalid($"invalid memory swap limit: {swap}");
        }

        if (swap > 0 && limits.MemoryBytes is null)
        {
            throw EngineException.Invalid(
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        }

        if (swap >= 0 && swap < limits.MemoryBytes)
        {
            throw EngineException.Invalid(
                "Minimum memoryswap limit should be larger than memory limit, see usage");
        }
    }

    /// <summary>A list in the form of cpuset(7): numbers and ranges that rise.</summary>
    private static bool IsCpuList(string text)
    {
        foreach (string item in text.Split(','))
        {
            int dash = item.IndexOf('-', StringComparison.Ordinal);
            string first = dash < 0 ? item : item[..dash];
            string last = dash < 0 ? item : item[(dash + 1)..];
            if (!TryParseCpu(first, out int from) || !TryParseCpu(last, out int to) || from > to)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParseCpu(string text, out int cpu) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu < MostCpusInSet;
}
