using System.Text.Json;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Logs;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Containers.Records;

/// <summary>The JSON form of what a request is made of, but for its limits.</summary>
internal static class RequestPartsJson
{
    private static readonly string[] s_mountKinds = [nameof(MountKind.Bind), nameof(MountKind.Volume), nameof(MountKind.Tmpfs)];

    private static readonly string[] s_propagations =
    [
        nameof(MountPropagation.RPrivate), nameof(MountPropagation.Private), nameof(MountPropagation.RShared),
        nameof(MountPropagation.Shared), nameof(MountPropagation.RSlave), nameof(MountPropagation.Slave),
    ];

    private static readonly string[] s_restartPolicies =
    [
        nameof(RestartPolicyName.No), nameof(RestartPolicyName.Always), nameof(RestartPolicyName.UnlessStopped), nameof(RestartPolicyName.OnFailure),
    ];

    internal static void Write(JsonRecordWriter json, Workspace workspace)
    {
        json.Text("source"u8, workspace.Source);
        json.Text("target"u8, workspace.Target);
        json.Flag("readOnly"u8, workspace.ReadOnly);
    }

    internal static Workspace ReadWorkspace(JsonRecordReader json) =>
        new(json.RequiredText("source"u8), json.RequiredText("target"u8), json.Flag("readOnly"u8));

    internal static void Write(JsonRecordWriter json, MountRequest mount)
    {
        json.Word("kind"u8, (int)mount.Kind, s_mountKinds);
        json.Text("source"u8, mount.Source);
        json.Text("target"u8, mount.Target);
        json.Flag("readOnly"u8, mount.ReadOnly);
        json.Text("written"u8, mount.Written);
        json.Word("propagation"u8, (int?)mount.Propagation, s_propagations);
        json.Flag("nonRecursive"u8, mount.NonRecursive);
        json.Flag("writableSubmounts"u8, mount.WritableSubmounts);
        json.Flag("createSource"u8, mount.CreateSource);
        json.Flag("relabel"u8, mount.Relabel);
        json.Flag("anonymous"u8, mount.Anonymous);
        json.Flag("noCopy"u8, mount.NoCopy);
        json.Map("volumeOptions"u8, mount.VolumeOptions);
        json.Map("volumeLabels"u8, mount.VolumeLabels);
        json.Text("subpath"u8, mount.Subpath);
        json.Flag("inherited"u8, mount.Inherited);
        json.Number("tmpfsSizeBytes"u8, mount.TmpfsSizeBytes);
        json.Number("tmpfsMode"u8, mount.TmpfsMode);
        json.Text("tmpfsOptions"u8, mount.TmpfsOptions);
    }

    internal static MountRequest ReadMount(JsonRecordReader json) => new()
    {
        Kind = (MountKind)(json.Word("kind"u8, s_mountKinds) ?? throw new JsonException()),
        Source = json.Text("source"u8),
        Target = json.RequiredText("target"u8),
        ReadOnly = json.Flag("readOnly"u8),
        Written = json.Text("written"u8),
        Propagation = (MountPropagation?)json.Word("propagation"u8, s_propagations),
        NonRecursive = json.Flag("nonRecursive"u8),
        WritableSubmounts = json.Flag("writableSubmounts"u8),
        CreateSource = json.Flag("createSource"u8),
        Relabel = json.Flag("relabel"u8),
        Anonymous = json.Flag("anonymous"u8),
        NoCopy = json.Flag("noCopy"u8),
        VolumeOptions = json.Map("volumeOptions"u8),
        VolumeLabels = json.Map("volumeLabels"u8),
        Subpath = json.Text("subpath"u8),
        Inherited = json.Flag("inherited"u8),
        TmpfsSizeBytes = json.Long("tmpfsSizeBytes"u8),
        TmpfsMode = json.Int("tmpfsMode"u8),
        TmpfsOptions = json.Text("tmpfsOptions"u8) ?? "",
    };

    internal static void Write(JsonRecordWriter json, EndpointRequest endpoint)
    {
        json.Text("network"u8, endpoint.Network);
        json.Text("iPv4"u8, endpoint.IPv4);
        json.Text("iPv6"u8, endpoint.IPv6);
        json.Text("macAddress"u8, endpoint.MacAddress);
        json.Texts("aliases"u8, endpoint.Aliases);
        json.Texts("links"u8, endpoint.Links);
        json.NonZero("gwPriority"u8, endpoint.GwPriority);
        json.Texts("linkLocalAddresses"u8, endpoint.LinkLocalAddresses);
        json.Map("options"u8, endpoint.Options);
    }

    internal static EndpointRequest ReadEndpoint(JsonRecordReader json) => new()
    {
        Network = json.RequiredText("network"u8),
        IPv4 = json.Text("iPv4"u8),
        IPv6 = json.Text("iPv6"u8),
        MacAddress = json.Text("macAddress"u8),
        Aliases = json.Texts("aliases"u8) ?? [],
        Links = json.Texts("links"u8) ?? [],
        GwPriority = json.Int("gwPriority"u8) ?? 0,
        LinkLocalAddresses = json.Texts("linkLocalAddresses"u8) ?? [],
        Options = json.Map("options"u8) ?? [],
    };

    internal static void Write(JsonRecordWriter json, PortBinding port)
    {
        json.Text("hostAddress"u8, port.HostAddress);
        json.NonZero("firstHostPort"u8, port.FirstHostPort);
        json.NonZero("lastHostPort"u8, port.LastHostPort);
        json.NonZero("containerPort"u8, port.ContainerPort);
        json.Text("protocol"u8, port.Protocol);
    }

    internal static PortBinding ReadPort(JsonRecordReader json) => new(
        json.Text("hostAddress"u8) ?? "",
        Port(json.Int("firstHostPort"u8)),
        Port(json.Int("lastHostPort"u8)),
        Port(json.Int("containerPort"u8)),
        json.RequiredText("protocol"u8));

    internal static void Write(JsonRecordWriter json, DeviceRequest device)
    {
        json.Text("pathOnHost"u8, device.PathOnHost);
        json.Text("pathInContainer"u8, device.PathInContainer);
        json.Text("permissions"u8, device.Permissions);
    }

    internal static DeviceRequest ReadDevice(JsonRecordReader json) => new(
        json.RequiredText("pathOnHost"u8), json.RequiredText("pathInContainer"u8), json.RequiredText("permissions"u8));

    internal static void Write(JsonRecordWriter json, Platform platform)
    {
        json.Text("os"u8, platform.Os);
        json.Text("architecture"u8, platform.Architecture);
        json.Text("variant"u8, platform.Variant);
    }

    internal static Platform ReadPlatform(JsonRecordReader json) =>
        new(json.RequiredText("os"u8), json.RequiredText("architecture"u8), json.Text("variant"u8));

    internal static void Write(JsonRecordWriter json, RestartPolicy policy)
    {
        json.Word("name"u8, (int)policy.Name, s_restartPolicies);
        json.NonZero("maximumRetryCount"u8, policy.MaximumRetryCount);
    }

    internal static RestartPolicy ReadRestartPolicy(JsonRecordReader json) =>
        new((RestartPolicyName)(json.Word("name"u8, s_restartPolicies) ?? 0), json.Int("maximumRetryCount"u8) ?? 0);

    internal static void Write(JsonRecordWriter json, HealthCheck check)
    {
        json.Texts("test"u8, check.Test);
        json.Texts("shell"u8, check.Shell);
        json.Duration("interval"u8, check.Interval);
        json.Duration("timeout"u8, check.Timeout);
        json.Duration("startPeriod"u8, check.StartPeriod);
        json.Duration("startInterval"u8, check.StartInterval);
        json.Number("retries"u8, check.Retries);
    }

    internal static HealthCheck ReadHealthCheck(JsonRecordReader json) => new()
    {
        Test = json.Texts("test"u8),
        Shell = json.Texts("shell"u8),
        Interval = json.Duration("interval"u8),
        Timeout = json.Duration("timeout"u8),
        StartPeriod = json.Duration("startPeriod"u8),
        StartInterval = json.Duration("startInterval"u8),
        Retries = json.Int("retries"u8),
    };

    internal static void Write(JsonRecordWriter json, LogConfiguration log)
    {
        json.Text("driver"u8, log.Driver);
        json.Map("options"u8, log.Options);
    }

    internal static LogConfiguration ReadLog(JsonRecordReader json) =>
        new(json.RequiredText("driver"u8), json.Map("options"u8) ?? []);

    private static ushort Port(int? value) => value is null ? (ushort)0
        : value is >= 0 and <= ushort.MaxValue ? (ushort)value : throw new JsonException();

    internal static void Write(JsonRecordWriter json, NamespaceModes modes)
    {
        json.Text("pid"u8, modes.Pid);
        json.Text("ipc"u8, modes.Ipc);
        json.Text("uts"u8, modes.Uts);
        json.Text("user"u8, modes.User);
        json.Text("cgroup"u8, modes.Cgroup);
    }

    internal static NamespaceModes ReadNamespaces(JsonRecordReader json) =>
        new(json.Text("pid"u8), json.Text("ipc"u8), json.Text("uts"u8), json.Text("user"u8), json.Text("cgroup"u8));
}
