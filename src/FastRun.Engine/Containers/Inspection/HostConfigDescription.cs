using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Logs;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Volumes;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>A request as the Engine API's HostConfig.</summary>
internal static class HostConfigDescription
{
    private const long DefaultShmSize = 64 << 20;

    internal static InspectedHostConfig Of(ContainerCreateRequest request, string name)
    {
        CgroupLimits limits = request.Limits;
        return new InspectedHostConfig
        {
            Binds = Binds(request.Mounts),
            LogConfig = new InspectedLogConfig(
                request.Log?.Driver ?? LogConfiguration.DefaultDriver, request.Log?.Options ?? new Dictionary<string, string>()),
            NetworkMode = request.Network ?? "none",
            PortBindings = InspectedPorts.Asked(request),
            PublishAllPorts = request.PublishAllPorts,
            RestartPolicy = RestartPolicy(request.RestartPolicy),
            AutoRemove = request.AutoRemove,
            CapAdd = OrNull(request.CapAdd),
            CapDrop = OrNull(request.CapDrop),
            GroupAdd = OrNull(request.GroupAdd),
            ConsoleSize = [request.ConsoleRows ?? 0, request.ConsoleColumns ?? 0],
            PidMode = request.Namespaces.Pid ?? "",
            IpcMode = request.Namespaces.Ipc ?? "private",
            UTSMode = request.Namespaces.Uts ?? "",
            UsernsMode = request.Namespaces.User ?? "",
            CgroupnsMode = request.Namespaces.Cgroup ?? "private",
            Annotations = request.Annotations.Count == 0 ? null : request.Annotations,
            Dns = request.Dns,
            Egress = request.Egress,
            DnsOptions = request.DnsOptions,
            DnsSearch = request.DnsSearch,
            ExtraHosts = OrNull(request.ExtraHosts),
            Links = Links(request.Links, name),
            OomScoreAdj = request.OomScoreAdjustment ?? 0,
            Privileged = request.Privileged,
            ReadonlyRootfs = request.ReadOnlyRootfs,
            SecurityOpt = OrNull(request.SecurityOpt),
            Tmpfs = Tmpfs(request.Mounts),
            Mounts = InspectedMountRequests.Of(request.Mounts),
            VolumesFrom = OrNull(request.VolumesFrom),
            ShmSize = request.ShmSizeBytes ?? DefaultShmSize,
            Sysctls = request.Sysctls.Count == 0 ? null : request.Sysctls,
            CpuShares = limits.CpuShares ?? 0,
            Memory = limits.MemoryBytes ?? 0,
            NanoCpus = limits.NanoCpus ?? 0,
            CgroupParent = request.CgroupParent ?? "",
            BlkioWeight = limits.BlkioWeight ?? 0,
            BlkioWeightDevice = [.. Weights(request)],
            BlkioDeviceReadBps = [.. Rates(request, BlockRateKind.ReadBytes)],
            BlkioDeviceWriteBps = [.. Rates(request, BlockRateKind.WriteBytes)],
            BlkioDeviceReadIOps = [.. Rates(request, BlockRateKind.ReadOperations)],
            BlkioDeviceWriteIOps = [.. Rates(request, BlockRateKind.WriteOperations)],
            CpuPeriod = limits.CpuPeriodMicroseconds ?? 0,
            CpuQuota = limits.CpuQuotaMicroseconds ?? 0,
            CpusetCpus = limits.CpusetCpus ?? "",
            CpusetMems = limits.CpusetMems ?? "",
            Devices = [.. Devices(request)],
            DeviceCgroupRules = Rules(request),
            MemoryReservation = limits.MemoryReservationBytes ?? 0,
            MemorySwap = limits.MemorySwapBytes ?? 2 * (limits.MemoryBytes ?? 0),
            MemorySwappiness = limits.MemorySwappiness,
            OomKillDisable = limits.OomKillDisable ? true : null,
            PidsLimit = limits.Pids,
            Ulimits = [.. Ulimits(request)],
            Init = request.Init ? true : null,
            MaskedPaths = request.Privileged ? null : IsUnconfined(request) ? [] : MaskedPaths.All,
            ReadonlyPaths = request.Privileged ? null : IsUnconfined(request) ? [] : MaskedPaths.AllReadOnly,
        };
    }

    /// <summary>As Docker writes them: the other's name, then the alias below the container's own.</summary>
    private static List<string>? Links(IReadOnlyList<string> links, string name)
    {
        List<string> written = [];
        foreach (string link in links)
        {
            (string other, string alias) = LinkSyntax.Split(link);
            written.Add($"/{other}:/{name}/{alias}");
        }

        return written.Count == 0 ? null : written;
    }

    /// <summary>Docker's word for a restart policy.</summary>
    internal static string Name(RestartPolicyName name) => name switch
    {
        RestartPolicyName.Always => "always",
        RestartPolicyName.UnlessStopped => "unless-stopped",
        RestartPolicyName.OnFailure => "on-failure",
        _ => "no",
    };

    private static InspectedRestartPolicy RestartPolicy(RestartPolicy? policy) =>
        new(Name(policy?.Name ?? RestartPolicyName.No), policy?.MaximumRetryCount ?? 0);

    private static bool IsUnconfined(ContainerCreateRequest request) => SecurityOptions.Of(request.SecurityOpt).UnconfinedSystemPaths;

    private static IReadOnlyList<string>? OrNull(IReadOnlyList<string> list) => list.Count == 0 ? null : list;

    /// <summary>What <c>-v</c> said: neither what has no name of its own, nor what came from other containers.</summary>
    private static List<string>? Binds(IReadOnlyList<MountRequest> mounts)
    {
        List<string> binds = [];
        foreach (MountRequest mount in mounts)
        {
            if (mount is { Kind: not MountKind.Tmpfs, Anonymous: false, Inherited: false, Source: { } source, Written: { } options })
            {
                binds.Add($"{source}:{mount.Target}{(options.Length > 0 ? ":" : "")}{options}");
            }
        }

        return binds.Count == 0 ? null : binds;
    }

    private static Dictionary<string, string>? Tmpfs(IReadOnlyList<MountRequest> mounts)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (MountRequest mount in mounts)
        {
            if (mount is { Kind: MountKind.Tmpfs, Written: { } options })
            {
                found[mount.Target] = options;
            }
        }

        return found.Count == 0 ? null : found;
    }

    private static IEnumerable<InspectedWeight> Weights(ContainerCreateRequest request)
    {
        foreach (BlockDevicePriority priority in request.BlkioDevicePriorities)
        {
            yield return new InspectedWeight(priority.Path, priority.Weight);
        }
    }

    private static IEnumerable<InspectedRate> Rates(ContainerCreateRequest request, BlockRateKind kind)
    {
        foreach (BlockDeviceRate rate in request.BlkioDeviceRates)
        {
            if (rate.Kind == kind)
            {
                yield return new InspectedRate(rate.Path, rate.PerSecond);
            }
        }
    }

    private static IEnumerable<InspectedDevice> Devices(ContainerCreateRequest request)
    {
        foreach (DeviceRequest device in request.Devices)
        {
            yield return new InspectedDevice(device.PathOnHost, device.PathInContainer, device.Permissions);
        }
    }

    private static List<string>? Rules(ContainerCreateRequest request)
    {
        List<string> rules = [];
        foreach (DeviceRule rule in request.DeviceCgroupRules)
        {
            rules.Add(rule.ToString());
        }

        return rules.Count == 0 ? null : rules;
    }

    private static IEnumerable<InspectedUlimit> Ulimits(ContainerCreateRequest request)
    {
        foreach (Ulimit limit in request.Ulimits)
        {
            yield return new InspectedUlimit(limit.Name, limit.Hard, limit.Soft);
        }
    }
}
