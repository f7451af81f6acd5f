using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Images;

/// <summary>How an image runs that is made of a container: as the container did, which is its image's way with what was asked for.</summary>
internal static class ContainerAsImage
{
    /// <summary>The settings. Build triggers are not passed on.</summary>
    internal static ContainerConfig Of(ContainerRecord record, ContainerConfig image)
    {
        ContainerCreateRequest request = record.Request;
        IReadOnlyList<string>? entrypoint = request.Entrypoint ?? image.Entrypoint;
        return new ContainerConfig
        {
            User = request.User ?? image.User,
            ExposedPorts = ConfigChanges.Set(Ports(request, image)),
            Env = Environment(request.Env, image.Env ?? []),
            Entrypoint = entrypoint is [] or [""] ? null : entrypoint,
            Cmd = request.Command ?? (request.Entrypoint is null ? image.Cmd : null),
            Healthcheck = Probe(request.Healthcheck) ?? image.Healthcheck,
            Volumes = ConfigChanges.Set(Volumes(request, image)),
            WorkingDir = request.WorkingDir ?? image.WorkingDir,
            Labels = Labels(request.Labels, image.Labels),
            StopSignal = request.StopSignal ?? image.StopSignal,
            StopTimeout = request.StopTimeoutSeconds ?? image.StopTimeout,
            Shell = image.Shell,
            ArgsEscaped = image.ArgsEscaped,
        };
    }

    /// <summary>A configuration over the container's own, field by field, as Docker merges one that comes with a commit.</summary>
    internal static ContainerConfig Merge(ContainerConfig over, ContainerConfig own) => own with
    {
        User = over.User ?? own.User,
        ExposedPorts = ConfigChanges.Set([.. own.ExposedPorts?.Keys ?? [], .. over.ExposedPorts?.Keys ?? []]),
        Env = over.Env is null ? own.Env : Environment(over.Env, own.Env ?? []),
        Entrypoint = over.Entrypoint ?? own.Entrypoint,
        Cmd = over.Cmd ?? (over.Entrypoint is null ? own.Cmd : null),
        Healthcheck = over.Healthcheck ?? own.Healthcheck,
        Volumes = ConfigChanges.Set([.. own.Volumes?.Keys ?? [], .. over.Volumes?.Keys ?? []]),
        WorkingDir = over.WorkingDir ?? own.WorkingDir,
        Labels = Labels(over.Labels ?? new Dictionary<string, string>(), own.Labels),
        OnBuild = over.OnBuild ?? own.OnBuild,
        StopSignal = over.StopSignal ?? own.StopSignal,
        StopTimeout = over.StopTimeout ?? own.StopTimeout,
        Shell = over.Shell ?? own.Shell,
    };

    private static List<string> Ports(ContainerCreateRequest request, ContainerConfig image)
    {
        List<string> ports = [.. image.ExposedPorts?.Keys ?? [], .. request.ExposedPorts];
        foreach (PortBinding binding in request.Ports)
        {
            ports.Add(string.Create(CultureInfo.InvariantCulture, $"{binding.ContainerPort}/{binding.Protocol}"));
        }

        return ports;
    }

    private static List<string> Volumes(ContainerCreateRequest request, ContainerConfig image)
    {
        List<string> volumes = [.. image.Volumes?.Keys ?? []];
        foreach (MountRequest mount in request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Anonymous: true } or { Kind: MountKind.Volume, Source: null })
            {
                volumes.Add(mount.Target);
            }
        }

        return volumes;
    }

    private static List<string> Environment(IReadOnlyList<string> own, IReadOnlyList<string> inherited)
    {
        List<string> variables = [.. inherited];
        foreach (string variable in own)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? variable : variable[..equals];
            variables.RemoveAll(each => each.StartsWith(name + "=", StringComparison.Ordinal));
            if (equals >= 0)
            {
                variables.Add(variable);
            }
        }

        return variables;
    }

    private static SortedDictionary<string, string>? Labels(
        IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string>? inherited)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, string value) in inherited ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        foreach ((string key, string value) in own)
        {
            labels[key] = value;
        }

        return labels.Count == 0 ? null : labels;
    }

    private static HealthcheckConfig? Probe(HealthCheck? probe) => probe is null ? null : new HealthcheckConfig
    {
        Test = probe.Test,
        Interval = Nanoseconds(probe.Interval),
        Timeout = Nanoseconds(probe.Timeout),
        StartPeriod = Nanoseconds(probe.StartPeriod),
        StartInterval = Nanoseconds(probe.StartInterval),
        Retries = probe.Retries,
    };

    private static long? Nanoseconds(TimeSpan? time) => time?.Ticks * 100;
}
