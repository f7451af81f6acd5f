using System.Text.Json;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.State;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Records;

/// <summary>The JSON form of what a request limits: cgroups, block devices, resources, and rules for devices.</summary>
internal static class LimitsJson
{
    private static readonly string[] s_rateKinds =
    [
        nameof(BlockRateKind.ReadBytes), nameof(BlockRateKind.WriteBytes), nameof(BlockRateKind.ReadOperations), nameof(BlockRateKind.WriteOperations),
    ];

    private static readonly string[] s_deviceTypes = [nameof(DeviceType.Any), nameof(DeviceType.Block), nameof(DeviceType.Character)];

    // Of flags: an entry for each combination.
    private static readonly string[] s_deviceAccesses =
        ["None", "MakeNode", "Read", "MakeNode, Read", "Write", "MakeNode, Write", "ReadWrite", "All"];

    /// <summary>Without the rates and weights by device number, which are found out at each start.</summary>
    internal static void Write(JsonRecordWriter json, CgroupLimits limits)
    {
        json.Number("memoryBytes"u8, limits.MemoryBytes);
        json.Number("memorySwapBytes"u8, limits.MemorySwapBytes);
        json.Number("memoryReservationBytes"u8, limits.MemoryReservationBytes);
        json.Number("memorySwappiness"u8, limits.MemorySwappiness);
        json.Flag("oomKillDisable"u8, limits.OomKillDisable);
        json.Number("nanoCpus"u8, limits.NanoCpus);
        json.Number("cpuPeriodMicroseconds"u8, limits.CpuPeriodMicroseconds);
        json.Number("cpuQuotaMicroseconds"u8, limits.CpuQuotaMicroseconds);
        json.Number("cpuShares"u8, limits.CpuShares);
        json.Text("cpusetCpus"u8, limits.CpusetCpus);
        json.Text("cpusetMems"u8, limits.CpusetMems);
        json.Number("pids"u8, limits.Pids);
        json.Number("blkioWeight"u8, limits.BlkioWeight);
        json.Flag("measured"u8, limits.Measured);
    }

    internal static CgroupLimits ReadLimits(JsonRecordReader json) => new()
    {
        MemoryBytes = json.Long("memoryBytes"u8),
        MemorySwapBytes = json.Long("memorySwapBytes"u8),
        MemoryReservationBytes = json.Long("memoryReservationBytes"u8),
        MemorySwappiness = json.Long("memorySwappiness"u8),
        OomKillDisable = json.Flag("oomKillDisable"u8),
        NanoCpus = json.Long("nanoCpus"u8),
        CpuPeriodMicroseconds = json.Long("cpuPeriodMicroseconds"u8),
        CpuQuotaMicroseconds = json.Long("cpuQuotaMicroseconds"u8),
        CpuShares = json.Long("cpuShares"u8),
        CpusetCpus = json.Text("cpusetCpus"u8),
        CpusetMems = json.Text("cpusetMems"u8),
        Pids = json.Long("pids"u8),
        BlkioWeight = json.Int("blkioWeight"u8),
        Measured = json.Flag("measured"u8),
    };

    internal static void Write(JsonRecordWriter json, BlockDeviceRate rate)
    {
        json.Text("path"u8, rate.Path);
        json.Word("kind"u8, (int)rate.Kind, s_rateKinds);
        json.Number("perSecond"u8, rate.PerSecond);
    }

    internal static BlockDeviceRate ReadRate(JsonRecordReader json) => new(
        json.RequiredText("path"u8), (BlockRateKind)(json.Word("kind"u8, s_rateKinds) ?? 0), json.Long("perSecond"u8) ?? 0);

    internal static void Write(JsonRecordWriter json, BlockDevicePriority priority)
    {
        json.Text("path"u8, priority.Path);
        json.Number("weight"u8, priority.Weight);
    }

    internal static BlockDevicePriority ReadPriority(JsonRecordReader json) =>
        new(json.RequiredText("path"u8), json.Int("weight"u8) ?? 0);

    internal static void Write(JsonRecordWriter json, Ulimit limit)
    {
        json.Text("name"u8, limit.Name);
        json.Number("soft"u8, limit.Soft);
        json.Number("hard"u8, limit.Hard);
    }

    internal static Ulimit ReadUlimit(JsonRecordReader json) =>
        new(json.RequiredText("name"u8), json.Long("soft"u8) ?? 0, json.Long("hard"u8) ?? 0);

    internal static void Write(JsonRecordWriter json, DeviceRule rule)
    {
        json.Word("type"u8, (int)rule.Type, s_deviceTypes);
        json.Number("major"u8, rule.Major);
        json.Number("minor"u8, rule.Minor);
        json.Word("access"u8, (int)rule.Access, s_deviceAccesses);
    }

    internal static DeviceRule ReadRule(JsonRecordReader json) => new(
        (DeviceType)(json.Word("type"u8, s_deviceTypes) ?? 0),
        Number(json.Long("major"u8)),
        Number(json.Long("minor"u8)),
        (DeviceAccess)(json.Word("access"u8, s_deviceAccesses) ?? 0));

    private static uint? Number(long? value) => value is null ? null
        : value is >= 0 and <= uint.MaxValue ? (uint)value : throw new JsonException();
}
