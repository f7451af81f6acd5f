using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Inspection;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Logs;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Containers.Inspection;

/// <summary>The document about a container has Docker's shape.</summary>
public sealed class InspectContainerTests : IDisposable
{
    // The keys of `docker inspect` of a container with a health check and --size, by dockerd 20.10, but for
    // State.Health, Config.Healthcheck, what newer ones have dropped, and the keys inside of maps.
    private const string DockersKeys =
        """
        Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name RestartCount Driver Platform MountLabel
        ProcessLabel AppArmorProfile ExecIDs HostConfig GraphDriver SizeRw SizeRootFs Mounts Config NetworkSettings
        State.Status State.Running State.Paused State.Restarting State.OOMKilled State.Dead State.Pid State.ExitCode State.Error
        State.StartedAt State.FinishedAt
        HostConfig.Binds HostConfig.ContainerIDFile HostConfig.LogConfig HostConfig.NetworkMode HostConfig.PortBindings
        HostConfig.RestartPolicy HostConfig.AutoRemove HostConfig.VolumeDriver HostConfig.VolumesFrom HostConfig.CapAdd
        HostConfig.CapDrop HostConfig.CgroupnsMode HostConfig.Dns HostConfig.DnsOptions HostConfig.DnsSearch HostConfig.ExtraHosts
        HostConfig.GroupAdd HostConfig.IpcMode HostConfig.Cgroup HostConfig.Links HostConfig.OomScoreAdj HostConfig.PidMode
        HostConfig.Privileged HostConfig.PublishAllPorts HostConfig.ReadonlyRootfs HostConfig.SecurityOpt HostConfig.Tmpfs
        HostConfig.UTSMode HostConfig.UsernsMode HostConfig.ShmSize HostConfig.Runtime HostConfig.ConsoleSize HostConfig.Isolation
        HostConfig.CpuShares HostConfig.Memory HostConfig.NanoCpus HostConfig.CgroupParent HostConfig.BlkioWeight
        HostConfig.BlkioWeightDevice HostConfig.BlkioDeviceReadBps HostConfig.BlkioDeviceWriteBps HostConfig.BlkioDeviceReadIOps
        HostConfig.BlkioDeviceWriteIOps HostConfig.CpuPeriod HostConfig.CpuQuota HostConfig.CpuRealtimePeriod
        HostConfig.CpuRealtimeRuntime HostConfig.CpusetCpus HostConfig.CpusetMems HostConfig.Devices HostConfig.DeviceCgroupRules
        HostConfig.DeviceRequests HostConfig.MemoryReservation HostConfig.MemorySwap HostConfig.MemorySwappiness
        HostConfig.OomKillDisable HostConfig.PidsLimit HostConfig.Ulimits HostConfig.CpuCount HostConfig.CpuPercent
        HostConfig.IOMaximumIOps HostConfig.IOMaximumBandwidth HostConfig.MaskedPaths HostConfig.ReadonlyPaths
        GraphDriver.Data GraphDriver.Name
        Config.Hostname Config.Domainname Config.User Config.AttachStdin Config.AttachStdout Config.AttachStderr Config.Tty
        Config.OpenStdin Config.StdinOnce Config.Env Config.Cmd Config.Image Config.Volumes Config.WorkingDir Config.Entrypoint
        Config.OnBuild Config.Labels
        NetworkSettings.Bridge NetworkSettings.SandboxID NetworkSettings.Ports NetworkSettings.SandboxKey NetworkSettings.EndpointID
        NetworkSettings.Gateway NetworkSettings.GlobalIPv6Address NetworkSettings.GlobalIPv6PrefixLen NetworkSettings.IPAddress
        NetworkSettings.IPPrefixLen NetworkSettings.IPv6Gateway NetworkSettings.MacAddress NetworkSettings.Networks
        """;

    private static readonly string s_id = new('a', 64);

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-inspect-").FullName;
    private readonly StateLayout _layout;

    public InspectContainerTests() => _layout = new StateLayout(_directory + "/data", _directory + "/run");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Run_AnyContainer_HasDockersKeys()
    {
        Add(request => request with { Mounts = [TmpfsSyntax.Parse("/x")] });

        JsonObject document = Inspect(size: true);

        foreach (string key in DockersKeys.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            JsonObject at = document;
            string[] path = key.Split('.');
            foreach (string name in path[..^1])
            {
                at = at[name]!.AsObject();
            }

            Assert.True(at.ContainsKey(path[^1]), key + " is missing");
        }
    }

    [Fact]
    public void Run_Created_StateIsDockers()
    {
        Add(static request => request);

        JsonObject document = Inspect();

        Assert.Equal("/name", (string?)document["Name"]);
        Assert.Equal("2026-01-02T03:04:05.5Z", (string?)document["Created"]);
        Assert.Equal("sh", (string?)document["Path"]);
        Assert.Equal("[\"-c\",\"true\"]", document["Args"]!.ToJsonString());
        Assert.Equal(
            """{"Status":"created","Running":false,"Paused":false,"Restarting":false,"OOMKilled":false,"Dead":false,"Pid":0,"ExitCode":0,"Error":"","StartedAt":"0001-01-01T00:00:00Z","FinishedAt":"0001-01-01T00:00:00Z"}""",
            document["State"]!.ToJsonString());
        Assert.False(document.ContainsKey("SizeRw"));
        Assert.Null(document["ExecIDs"]);
        Assert.Equal(Path.Combine(_layout.Container(s_id), "container.log"), (string?)document["LogPath"]);
    }

    [Fact]
    public void Run_Running_HasPidAndNetwork()
    {
        Add(static request => request with { Network = "host" }, new ContainerState
        {
            Status = ContainerStatus.Running,
            BootId = BootId.Current,
            Supervisor = ProcessInstance.Current,
            Process = new ProcessInstance(4711, 1),
            StartedAt = DateTimeOffset.UnixEpoch,
            RestartCount = 2,
        });

        JsonObject document = Inspect();

        Assert.Equal("running", (string?)document["State"]!["Status"]);
        Assert.True((bool)document["State"]!["Running"]!);
        Assert.Equal(4711, (int)document["State"]!["Pid"]!);
        Assert.Equal(2, (int)document["RestartCount"]!);
        Assert.Equal("/proc/4711/ns/net", (string?)document["NetworkSettings"]!["SandboxKey"]);
        Assert.Equal(["host"], document["NetworkSettings"]!["Networks"]!.AsObject().Select(network => network.Key));
    }

    [Fact]
    public void Run_Request_IsConfigAndHostConfig()
    {
        Add(static request => request with
        {
            Env = ["A=1", "B=2"],
            User = "1000:1000",
            WorkingDir = "/w",
            Hostname = "box",
            Tty = true,
            Labels = new Dictionary<string, string> { ["l"] = "v" },
            Entrypoint = [""],
            StopSignal = "SIGQUIT",
            StopTimeoutSeconds = 3,
            Mounts =
            [
                VolumeSyntax.Parse("/src:/work:ro,z"),
                VolumeSyntax.Parse("cache:/cache"),
                VolumeSyntax.Parse("/anonymous") with { Source = new string('9', 64), Anonymous = true },
                TmpfsSyntax.Parse("/t:size=1k,exec,mode=700"),
            ],
            Limits = new CgroupLimits { MemoryBytes = 64 << 20, NanoCpus = 500_000_000, Pids = 7 },
            RestartPolicy = new RestartPolicy(RestartPolicyName.OnFailure, 3),
            Log = new LogConfiguration("none", new Dictionary<string, string>()),
            CapAdd = ["NET_ADMIN"],
            Ulimits = [new Ulimit("nofile", 10, 20)],
            Devices = [new DeviceRequest("/dev/null", "/dev/x", "rw")],
            Init = true,
        });

        JsonObject document = Inspect();
        JsonNode config = document["Config"]!;
        JsonNode host = document["HostConfig"]!;

        Assert.Equal("""["A=1","B=2"]""", config["Env"]!.ToJsonString());
        Assert.Equal(("1000:1000", "/w", "box", "SIGQUIT"), ((string?)config["User"], (string?)config["WorkingDir"], (string?)config["Hostname"], (string?)config["StopSignal"]));
        Assert.Equal((true, 3), ((bool)config["Tty"]!, (int)config["StopTimeout"]!));
        Assert.Equal("""{"l":"v"}""", config["Labels"]!.ToJsonString());
        Assert.Equal("""{"/anonymous":{}}""", config["Volumes"]!.ToJsonString());
        Assert.Null(config["Entrypoint"]);
        Assert.Equal("""["/src:/work:ro,z","cache:/cache"]""", host["Binds"]!.ToJsonString());
        Assert.Equal("""{"/t":"size=1k,exec,mode=700"}""", host["Tmpfs"]!.ToJsonString());
        Assert.Null(host["Mounts"]);
        Assert.Null(host["VolumesFrom"]);
        Assert.Equal((67108864, 134217728, 500000000, 7), ((long)host["Memory"]!, (long)host["MemorySwap"]!, (long)host["NanoCpus"]!, (long)host["PidsLimit"]!));
        Assert.Equal("""{"Name":"on-failure","MaximumRetryCount":3}""", host["RestartPolicy"]!.ToJsonString());
        Assert.Equal("""{"Type":"none","Config":{}}""", host["LogConfig"]!.ToJsonString());
        Assert.Equal("""[{"Name":"nofile","Hard":20,"Soft":10}]""", host["Ulimits"]!.ToJsonString());
        Assert.Equal("""[{"PathOnHost":"/dev/null","PathInContainer":"/dev/x","CgroupPermissions":"rw"}]""", host["Devices"]!.ToJsonString());
        Assert.True((bool)host["Init"]!);
        Assert.Equal("", (string?)document["LogPath"]);
        Assert.Equal(
            "volume /anonymous True, volume /cache True, bind /work False",
            string.Join(", ", document["Mounts"]!.AsArray().Select(mount => $"{mount!["Type"]} {mount["Destination"]} {(bool)mount["RW"]!}")));
        Assert.Equal(
            $$"""{"Type":"volume","Name":"cache","Source":"{{_layout.Volumes}}/cache/_data","Destination":"/cache","Driver":"local","Mode":"z","RW":true,"Propagation":""}""",
            document["Mounts"]![1]!.ToJsonString());
        Assert.Equal(
            """{"Type":"bind","Source":"/src","Destination":"/work","Mode":"ro,z","RW":false,"Propagation":"rprivate"}""",
            document["Mounts"]![2]!.ToJsonString());
    }

    [Fact]
    public void Run_MountsInTheLongForm_AreThereAsTheyWereAskedFor()
    {
        Add(static request => request with
        {
            Mounts =
            [
                MountSyntax.Parse("type=bind,source=/src,target=/work,readonly,bind-propagation=rslave,bind-recursive=disabled"),
                MountSyntax.Parse("type=volume,source=cache,target=/cache,volume-nocopy,volume-subpath=a/b,volume-label=l=v,volume-opt=type=tmpfs"),
                MountSyntax.Parse("target=/anonymous") with { Source = new string('9', 64), Anonymous = true },
                MountSyntax.Parse("type=tmpfs,target=/t,tmpfs-size=1k,tmpfs-mode=700") with { TmpfsOptions = "uid=7,exec" },
                VolumeSyntax.Parse("of-another:/there") with { Inherited = true },
            ],
            VolumesFrom = ["other:ro"],
        });

        JsonNode host = Inspect()["HostConfig"]!;

        Assert.Null(host["Binds"]);
        Assert.Null(host["Tmpfs"]);
        Assert.Equal("""["other:ro"]""", host["VolumesFrom"]!.ToJsonString());
        Assert.Equal(
            [
                """{"Type":"bind","Source":"/src","Target":"/work","ReadOnly":true,"BindOptions":{"Propagation":"rslave","NonRecursive":true}}""",
                """{"Type":"volume","Source":"cache","Target":"/cache","VolumeOptions":{"NoCopy":true,"Labels":{"l":"v"},"Subpath":"a/b","DriverConfig":{"Name":"local","Options":{"type":"tmpfs"}}}}""",
                """{"Type":"volume","Target":"/anonymous"}""",
                """{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1024,"Mode":448,"Options":[["uid","7"],["exec"]]}}""",
            ],
            host["Mounts"]!.AsArray().Select(static mount => mount!.ToJsonString()));
    }

    [Fact]
    public void Run_Privileged_HasNoMasks()
    {
        Add(static request => request with { Privileged = true });

        Assert.Null(Inspect()["HostConfig"]!["MaskedPaths"]);
    }

    [Fact]
    public void Run_Missing_IsNotFound() => Assert.Equal(
        "No such container: nothere", Assert.Throws<EngineException>(() => new InspectContainer(_layout).Run("nothere", size: false)).Message);

    private JsonObject Inspect(bool size = false) =>
        JsonNode.Parse(InspectContainer.ToJson(new InspectContainer(_layout).Run("name", size)))!.AsObject();

    private void Add(Func<ContainerCreateRequest, ContainerCreateRequest> change, ContainerState? state = null)
    {
        Directory.CreateDirectory(_layout.Container(s_id));
        ContainerStore store = new(_layout);
        store.Add(new ContainerRecord
        {
            Id = s_id,
            Name = "name",
            CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero),
            Request = change(new ContainerCreateRequest { Image = "image" }),
            Arguments = ["sh", "-c", "true"],
        });
        if (state is not null)
        {
            store.WriteState(s_id, state);
        }
    }
}
