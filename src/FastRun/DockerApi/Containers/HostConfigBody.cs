using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Host;
using FastRun.Engine.Logs;
using FastRun.Native.Cgroups;

namespace FastRun.DockerApi.Containers;

/// <summary>What a new container may use of the host (Engine API, HostConfig), but for mounts and networks.</summary>
internal static class HostConfigBody
{
    private static readonly string[] s_refusedLimits =
        ["CpuRealtimePeriod", "CpuRealtimeRuntime", "KernelMemory", "KernelMemoryTCP", "CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"];

    internal static ContainerCreateRequest Apply(ContainerCreateRequest request, JsonElement host, ApiVersion version) => request with
    {
        // Until 1.24 clients removed it by themselves.
        AutoRemove = version >= new ApiVersion(25) && host.Flag("AutoRemove"),
        RestartPolicy = RestartPolicy(host.Object("RestartPolicy")),
        Log = Log(host.Object("LogConfig")),
        VolumesFrom = host.Texts("VolumesFrom"),
        CapAdd = host.Texts("CapAdd"),
        CapDrop = host.Texts("CapDrop"),
        SecurityOpt = CreateBody.IsUnconfined(host) && !host.Flag("Privileged") ? [.. host.Texts("SecurityOpt"), "systempaths=unconfined"] : host.Texts("SecurityOpt"),
        GroupAdd = host.Texts("GroupAdd"),
        Annotations = version >= new ApiVersion(43) ? host.Map("Annotations") : new Dictionary<string, string>(),
        Namespaces = new NamespaceModes(
            host.Text("PidMode"),
            host.Text("IpcMode") ?? (version < new ApiVersion(40) ? "shareable" : null),
            host.Text("UTSMode"),
            host.Text("UsernsMode"),
            host.Text("CgroupnsMode") ?? (version < new ApiVersion(41) && !SystemInfo.HasUnifiedCgroups() ? "host" : null)),
        Privileged = host.Flag("Privileged"),
        ConsoleRows = version >= new ApiVersion(42) ? host.ConsoleSize()?.Rows : null,
        ConsoleColumns = version >= new ApiVersion(42) ? host.ConsoleSize()?.Columns : null,
        ReadOnlyRootfs = host.Flag("ReadonlyRootfs"),
        ShmSizeBytes = host.NumberUnlessZero("ShmSize"),
        Sysctls = host.Map("Sysctls"),
        Init = host.Flag("Init"),
        CgroupParent = host.Text("CgroupParent"),
        OomScoreAdjustment = (int?)host.NumberUnlessZero("OomScoreAdj"),
        Ulimits = Ulimits(host),
        Devices = Devices(host),
        DeviceCgroupRules = host.Texts("DeviceCgroupRules").ConvertAll(DeviceRuleSyntax.Parse),
        BlkioDevicePriorities = Weights(host),
        BlkioDeviceRates = Rates(host),
        Limits = Limits(host),
    };

    /// <summary>The limits of HostConfig, and of an update, which has them at its top (Engine API, Resources).</summary>
    internal static CgroupLimits Limits(JsonElement resources) => new()
    {
        MemoryBytes = resources.NumberUnlessZero("Memory"),
        MemorySwapBytes = resources.NumberUnlessZero("MemorySwap"),
        MemoryReservationBytes = resources.NumberUnlessZero("MemoryReservation"),
        MemorySwappiness = resources.Number("MemorySwappiness") is { } swappiness and not -1 ? swappiness : null,
        OomKillDisable = resources.Flag("OomKillDisable"),
        NanoCpus = resources.NumberUnlessZero("NanoCpus"),
        CpuPeriodMicroseconds = resources.NumberUnlessZero("CpuPeriod"),
        CpuQuotaMicroseconds = resources.NumberUnlessZero("CpuQuota"),
        CpuShares = resources.NumberUnlessZero("CpuShares"),
        CpusetCpus = resources.Text("CpusetCpus"),
        CpusetMems = resources.Text("CpusetMems"),
        Pids = resources.NumberUnlessZero("PidsLimit"),
        BlkioWeight = (int?)resources.NumberUnlessZero("BlkioWeight"),
    };

    /// <summary>The limits of an update.</summary>
    /// <exception cref="ApiException">One of them is not there.</exception>
    internal static CgroupLimits UpdatedLimits(JsonElement resources, ApiVersion version)
    {
        RefuseLimits(resources, version);

        // 0 means any number, where it is said at all; older clients did not know it.
        long? tasks = version < new ApiVersion(40) ? null : resources.Number("PidsLimit") is { } number ? (number <= 0 ? -1 : number) : null;
        return Limits(resources) with { Pids = tasks };
    }

    /// <summary>Refuses limits that Linux has not, or not any more.</summary>
    /// <exception cref="ApiException">There is one.</exception>
    internal static void RefuseLimits(JsonElement resources, ApiVersion version)
    {
        foreach (string name in s_refusedLimits)
        {
            // These two went with the versions that do not know them any more.
            bool isGone = (name == "KernelMemory" && version >= new ApiVersion(42)) || (name == "KernelMemoryTCP" && version >= new ApiVersion(52));
            if (!isGone && resources.NumberUnlessZero(name) is not null)
            {
                throw ApiException.NotImplemented($"{name} is not supported");
            }
        }
    }

    /// <summary>Null where it says nothing.</summary>
    internal static RestartPolicy? RestartPolicy(JsonElement policy)
    {
        RestartPolicyName? name = policy.Text("Name") switch
        {
            null => null,
            "no" => RestartPolicyName.No,
            "always" => RestartPolicyName.Always,
            "unless-stopped" => RestartPolicyName.UnlessStopped,
            "on-failure" => RestartPolicyName.OnFailure,
            var other => throw ApiException.Invalid($"invalid restart policy: unknown policy '{other}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"),
        };
        long count = policy.Number("MaximumRetryCount") ?? 0;
        if (count is < 0 or > int.MaxValue || (count > 0 && name != RestartPolicyName.OnFailure))
        {
            throw ApiException.Invalid(count < 0
                ? "invalid restart policy: maximum retry count cannot be negative"
                : "invalid restart policy: maximum retry count can only be used with 'on-failure'");
        }

        return name is null ? null : new RestartPolicy(name.Value, (int)count);
    }

    private static LogConfiguration? Log(JsonElement log)
    {
        IReadOnlyDictionary<string, string> options = log.Map("Config");
        string? driver = log.Text("Type");
        return driver is null && options.Count == 0 ? null : new LogConfiguration(driver ?? LogConfiguration.DefaultDriver, options);
    }

    private static List<Ulimit> Ulimits(JsonElement host)
    {
        List<Ulimit> limits = [];
        foreach (JsonElement limit in host.Objects("Ulimits"))
        {
            limits.Add(new Ulimit(limit.Text("Name") ?? "", limit.Number("Soft") ?? 0, limit.Number("Hard") ?? 0));
        }

        return limits;
    }

    private static List<DeviceRequest> Devices(JsonElement host)
    {
        List<DeviceRequest> devices = [];
        foreach (JsonElement device in host.Objects("Devices"))
        {
            string path = device.Text("PathOnHost") ?? throw ApiException.Invalid("invalid device specification: PathOnHost is missing");
            devices.Add(DeviceSyntax.Parse($"{path}:{device.Text("PathInContainer") ?? path}:{device.Text("CgroupPermissions") ?? "rwm"}"));
        }

        return devices;
    }

    private static List<BlockDevicePriority> Weights(JsonElement host)
    {
        List<BlockDevicePriority> weights = [];
        foreach (JsonElement weight in host.Objects("BlkioWeightDevice"))
        {
            weights.Add(new BlockDevicePriority(weight.Text("Path") ?? "", (int)Math.Clamp(weight.Number("Weight") ?? 0, 0, int.MaxValue)));
        }

        return weights;
    }

    private static List<BlockDeviceRate> Rates(JsonElement host)
    {
        List<BlockDeviceRate> rates = [];
        Add("BlkioDeviceReadBps", BlockRateKind.ReadBytes);
        Add("BlkioDeviceWriteBps", BlockRateKind.WriteBytes);
        Add("BlkioDeviceReadIOps", BlockRateKind.ReadOperations);
        Add("BlkioDeviceWriteIOps", BlockRateKind.WriteOperations);
        return rates;

        void Add(string name, BlockRateKind kind)
        {
            foreach (JsonElement rate in host.Objects(name))
            {
                rates.Add(new BlockDeviceRate(rate.Text("Path") ?? "", kind, rate.Number("Rate") ?? 0));
            }
        }
    }
}
