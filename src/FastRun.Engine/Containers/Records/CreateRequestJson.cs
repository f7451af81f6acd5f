using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Images;
using FastRun.Engine.State;

namespace FastRun.Engine.Containers.Records;

/// <summary>The JSON form of <see cref="ContainerCreateRequest"/>.</summary>
internal static class CreateRequestJson
{
    private static readonly string[] s_pullPolicies =
        [nameof(PullPolicy.Missing), nameof(PullPolicy.Always), nameof(PullPolicy.Newer), nameof(PullPolicy.Never)];

    internal static byte[] Encode(ContainerCreateRequest request) => JsonRecordWriter.Write(request, Write);

    /// <exception cref="System.Text.Json.JsonException">It is not one.</exception>
    internal static ContainerCreateRequest Decode(byte[] json) => JsonRecordReader.Read(json, Read);

    internal static void Write(JsonRecordWriter json, ContainerCreateRequest request)
    {
        json.Text("image"u8, request.Image);
        json.Word("pullPolicy"u8, request.PullPolicy == default ? null : (int)request.PullPolicy, s_pullPolicies);
        json.Flag("offline"u8, request.Offline);
        json.Texts("command"u8, request.Command);
        json.Texts("entrypoint"u8, request.Entrypoint);
        json.Texts("env"u8, request.Env);
        json.Text("workingDir"u8, request.WorkingDir);
        json.Text("user"u8, request.User);
        json.Text("hostname"u8, request.Hostname);
        json.Text("domainname"u8, request.Domainname);
        json.Texts("groupAdd"u8, request.GroupAdd);
        json.Object("namespaces"u8, request.Namespaces == new NamespaceModes() ? null : request.Namespaces, RequestPartsJson.Write);
        json.Map("annotations"u8, request.Annotations);
        json.Flag("tty"u8, request.Tty);
        json.Number("consoleRows"u8, request.ConsoleRows);
        json.Number("consoleColumns"u8, request.ConsoleColumns);
        json.Flag("openStdin"u8, request.OpenStdin);
        json.Flag("stdinOnce"u8, request.StdinOnce);
        json.Flag("attachStdin"u8, request.AttachStdin);
        json.Flag("attachStdout"u8, request.AttachStdout);
        json.Flag("attachStderr"u8, request.AttachStderr);
        json.Text("name"u8, request.Name);
        json.Map("labels"u8, request.Labels);
        json.Text("stopSignal"u8, request.StopSignal);
        json.Object("workspace"u8, request.Workspace, RequestPartsJson.Write);
        json.Objects("mounts"u8, request.Mounts, RequestPartsJson.Write);
        json.Texts("volumesFrom"u8, request.VolumesFrom);
        json.Text("network"u8, request.Network);
        json.Objects("endpoints"u8, request.Endpoints, RequestPartsJson.Write);
        json.Objects("ports"u8, request.Ports, RequestPartsJson.Write);
        json.Flag("publishAllPorts"u8, request.PublishAllPorts);
        json.Texts("exposedPorts"u8, request.ExposedPorts);
        json.Texts("dns"u8, request.Dns);
        json.Texts("dnsSearch"u8, request.DnsSearch);
        json.Texts("dnsOptions"u8, request.DnsOptions);
        json.Texts("extraHosts"u8, request.ExtraHosts);
        json.Texts("links"u8, request.Links);
        json.Texts("egress"u8, request.Egress);
        json.Object("limits"u8, request.Limits, LimitsJson.Write);
        json.Objects("blkioDeviceRates"u8, request.BlkioDeviceRates, LimitsJson.Write);
        json.Objects("blkioDevicePriorities"u8, request.BlkioDevicePriorities, LimitsJson.Write);
        json.Number("oomScoreAdjustment"u8, request.OomScoreAdjustment);
        json.Text("cgroupParent"u8, request.CgroupParent);
        json.Objects("ulimits"u8, request.Ulimits, LimitsJson.Write);
        json.Number("shmSizeBytes"u8, request.ShmSizeBytes);
        json.Flag("readOnlyRootfs"u8, request.ReadOnlyRootfs);
        json.Texts("capAdd"u8, request.CapAdd);
        json.Texts("capDrop"u8, request.CapDrop);
        json.Texts("securityOpt"u8, request.SecurityOpt);
        json.Flag("privileged"u8, request.Privileged);
        json.Objects("devices"u8, request.Devices, RequestPartsJson.Write);
        json.Objects("deviceCgroupRules"u8, request.DeviceCgroupRules, LimitsJson.Write);
        json.Map("sysctls"u8, request.Sysctls);
        json.Flag("init"u8, request.Init);
        json.Object("platform"u8, request.Platform, RequestPartsJson.Write);
        json.Flag("autoRemove"u8, request.AutoRemove);
        json.Object("restartPolicy"u8, request.RestartPolicy, RequestPartsJson.Write);
        json.Object("healthcheck"u8, request.Healthcheck, RequestPartsJson.Write);
        json.Object("log"u8, request.Log, RequestPartsJson.Write);
        json.Number("stopTimeoutSeconds"u8, request.StopTimeoutSeconds);
        json.Duration("timeout"u8, request.Timeout);
        json.Text("reportFile"u8, request.ReportFile);
    }

    internal static ContainerCreateRequest Read(JsonRecordReader json) => new()
    {
        Image = json.RequiredText("image"u8),
        PullPolicy = (PullPolicy)(json.Word("pullPolicy"u8, s_pullPolicies) ?? 0),
        Offline = json.Flag("offline"u8),
        Command = json.Texts("command"u8),
        Entrypoint = json.Texts("entrypoint"u8),
        Env = json.Texts("env"u8) ?? [],
        WorkingDir = json.Text("workingDir"u8),
        User = json.Text("user"u8),
        Hostname = json.Text("hostname"u8),
        Domainname = json.Text("domainname"u8),
        GroupAdd = json.Texts("groupAdd"u8) ?? [],
        Namespaces = json.Object("namespaces"u8, RequestPartsJson.ReadNamespaces) ?? new(),
        Annotations = json.Map("annotations"u8) ?? [],
        Tty = json.Flag("tty"u8),
        ConsoleRows = json.Int("consoleRows"u8),
        ConsoleColumns = json.Int("consoleColumns"u8),
        OpenStdin = json.Flag("openStdin"u8),
        StdinOnce = json.Flag("stdinOnce"u8),
        AttachStdin = json.Flag("attachStdin"u8),
        AttachStdout = json.Flag("attachStdout"u8),
        AttachStderr = json.Flag("attachStderr"u8),
        Name = json.Text("name"u8),
        Labels = json.Map("labels"u8) ?? [],
        StopSignal = json.Text("stopSignal"u8),
        Workspace = json.Object("workspace"u8, RequestPartsJson.ReadWorkspace),
        Mounts = json.Objects("mounts"u8, RequestPartsJson.ReadMount),
        VolumesFrom = json.Texts("volumesFrom"u8) ?? [],
        Network = json.Text("network"u8),
        Endpoints = json.Objects("endpoints"u8, RequestPartsJson.ReadEndpoint),
        Ports = json.Objects("ports"u8, RequestPartsJson.ReadPort),
        PublishAllPorts = json.Flag("publishAllPorts"u8),
        ExposedPorts = json.Texts("exposedPorts"u8) ?? [],
        Dns = json.Texts("dns"u8) ?? [],
        DnsSearch = json.Texts("dnsSearch"u8) ?? [],
        DnsOptions = json.Texts("dnsOptions"u8) ?? [],
        ExtraHosts = json.Texts("extraHosts"u8) ?? [],
        Links = json.Texts("links"u8) ?? [],
        Egress = json.Texts("egress"u8),
        Limits = json.Object("limits"u8, LimitsJson.ReadLimits) ?? new(),
        BlkioDeviceRates = json.Objects("blkioDeviceRates"u8, LimitsJson.ReadRate),
        BlkioDevicePriorities = json.Objects("blkioDevicePriorities"u8, LimitsJson.ReadPriority),
        OomScoreAdjustment = json.Int("oomScoreAdjustment"u8),
        CgroupParent = json.Text("cgroupParent"u8),
        Ulimits = json.Objects("ulimits"u8, LimitsJson.ReadUlimit),
        ShmSizeBytes = json.Long("shmSizeBytes"u8),
        ReadOnlyRootfs = json.Flag("readOnlyRootfs"u8),
        CapAdd = json.Texts("capAdd"u8) ?? [],
        CapDrop = json.Texts("capDrop"u8) ?? [],
        SecurityOpt = json.Texts("securityOpt"u8) ?? [],
        Privileged = json.Flag("privileged"u8),
        Devices = json.Objects("devices"u8, RequestPartsJson.ReadDevice),
        DeviceCgroupRules = json.Objects("deviceCgroupRules"u8, LimitsJson.ReadRule),
        Sysctls = json.Map("sysctls"u8) ?? [],
        Init = json.Flag("init"u8),
        Platform = json.Object("platform"u8, RequestPartsJson.ReadPlatform),
        AutoRemove = json.Flag("autoRemove"u8),
        RestartPolicy = json.Object("restartPolicy"u8, RequestPartsJson.ReadRestartPolicy),
        Healthcheck = json.Object("healthcheck"u8, RequestPartsJson.ReadHealthCheck),
        Log = json.Object("log"u8, RequestPartsJson.ReadLog),
        StopTimeoutSeconds = json.Int("stopTimeoutSeconds"u8),
        Timeout = json.Duration("timeout"u8),
        ReportFile = json.Text("reportFile"u8),
    };
}
