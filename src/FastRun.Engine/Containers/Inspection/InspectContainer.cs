using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.Logs;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>Tells all that is known of a container. Takes no lock.</summary>
public sealed class InspectContainer(StateLayout layout)
{
    private const int LongestSettling = 10_000;
    private const string NoTime = "0001-01-01T00:00:00Z";

    private readonly ContainerImages _images = new(layout);

    /// <summary>A document as the Engine API's JSON.</summary>
    public static byte[] ToJson(InspectedContainer container) =>
        JsonSerializer.SerializeToUtf8Bytes(container, InspectionJsonContext.Default.InspectedContainer);

    /// <summary>A container's end in each of its networks, by the network's name.</summary>
    public static IReadOnlyDictionary<string, InspectedEndpoint> NetworksOf(StateLayout layout, Container container) =>
        EngineErrors.Translated(() => InspectedEndpoints.Of(layout, container));

    /// <summary>Finds and describes a container.</summary>
    /// <param name="nameOrId">Its name, its id or the beginning of its id.</param>
    /// <param name="size">Whether its files are counted.</param>
    /// <exception cref="EngineException">There is none, or its record cannot be read.</exception>
    public InspectedContainer Run(string nameOrId, bool size) => EngineErrors.Translated(
        () => Describe(Settled(new ContainerStore(layout).Find(nameOrId)), size));

    /// <summary>
    /// One whose first process has ended while its supervisor has yet to write down how, which it has told already (the event <c>die</c>):
    /// whoever heard of it asks for the exit code, so that is waited for.
    /// </summary>
    private Container Settled(Container container)
    {
        long patience = Environment.TickCount64 + LongestSettling;
        using PollSet pause = new();
        while (container is { IsRunning: true, Written.Status: ContainerStatus.Running } && !container.Written.Process.IsAlive()
            && Environment.TickCount64 < patience)
        {
            pause.Wait(1);
            if (new ContainerStore(layout).TryRead(container.Id) is not { } now)
            {
                break;
            }

            container = now;
        }

        return container;
    }

    private InspectedContainer Describe(Container container, bool size)
    {
        ContainerRecord record = container.Record;
        ContainerCreateRequest request = record.Request;
        ImageDetails? image = _images.Of(container);
        ContainerSize? occupied = size ? _images.SizeOf(container) : null;
        return new InspectedContainer
        {
            Id = record.Id,
            Created = Time(record.CreatedAt),
            Path = record.Arguments.Count > 0 ? record.Arguments[0] : "",
            Args = [.. Rest(record.Arguments)],
            State = State(container),
            Image = _images.IdOf(container),
            LogPath = request.Log?.Driver == "none" || record.IsTransient && !File.Exists(LogOf(record.Id)) ? "" : LogOf(record.Id),
            Name = "/" + record.Name,
            RestartCount = container.State.RestartCount,
            HostConfig = HostConfigDescription.Of(request, record.Name),
            GraphDriver = new InspectedGraphDriver(Directories(container, image)),
            SizeRw = occupied?.Writable,
            SizeRootFs = occupied?.Virtual,
            Mounts = MountsOf(layout, request.Mounts),
            Config = Config(container, image?.Config.Config),
            NetworkSettings = Networks(container, image?.Config.Config),
        };
    }

    private static InspectedState State(Container container)
    {
        ContainerState state = container.State;
        bool running = container.IsRunning;
        return new InspectedState
        {
            Status = state.Status.ToString().ToLowerInvariant(),
            Running = running,
            Paused = state.Status == ContainerStatus.Paused,
            Restarting = state.Status == ContainerStatus.Restarting,
            OomKilled = state.OomKilled,
            Dead = state.Status == ContainerStatus.Dead,
            Pid = running ? state.Process.Pid : 0,
            ExitCode = state.ExitCode,
            Error = state.Error,
            StartedAt = Time(state.StartedAt),
            FinishedAt = Time(state.FinishedAt),
            Health = state.Health is null ? null : Health(state.Health),
        };
    }

    private static InspectedHealth Health(HealthState state)
    {
        List<InspectedProbe> log = [];
        foreach (HealthProbeResult result in state.Log)
        {
            log.Add(new InspectedProbe(Time(result.Start), Time(result.End), result.ExitCode, result.Output));
        }

        return new InspectedHealth(state.Status, state.FailingStreak, log);
    }

    private InspectedConfig Config(Container container, ContainerConfig? image)
    {
        ContainerCreateRequest request = container.Record.Request;
        string signal = request.StopSignal ?? image?.StopSignal ?? "";
        IReadOnlyList<string>? entrypoint = request.Entrypoint ?? image?.Entrypoint;
        return new InspectedConfig
        {
            Hostname = LaunchPlanner.HostNameOf(request, container.Id),
            Domainname = request.Domainname ?? "",
            User = request.User ?? image?.User ?? "",
            ExposedPorts = Set(ExposedPort.TextsOf(request, image)),
            Tty = request.Tty,
            OpenStdin = request.OpenStdin,
            StdinOnce = request.StdinOnce,
            AttachStdin = request.AttachStdin,
            AttachStdout = request.AttachStdout,
            AttachStderr = request.AttachStderr,
            Env = Environ(request.Env, image?.Env ?? []),
            Cmd = request.Command ?? (request.Entrypoint is null ? image?.Cmd : null),
            Healthcheck = Probe(request.Healthcheck),
            Image = request.Image,
            Volumes = Set(AnonymousVolumes(request)),
            WorkingDir = request.WorkingDir ?? image?.WorkingDir ?? "",
            Entrypoint = entrypoint is [] or [""] ? null : entrypoint,
            Labels = _images.LabelsOf(container),
            StopSignal = signal.Length > 0 ? signal : null,
            StopTimeout = request.StopTimeoutSeconds ?? image?.StopTimeout,
            Shell = image?.Shell,
        };
    }

    private static InspectedHealthcheck? Probe(HealthCheck? probe) => probe is null ? null : new InspectedHealthcheck
    {
        Test = probe.Test,
        Interval = Nanoseconds(probe.Interval),
        Timeout = Nanoseconds(probe.Timeout),
        StartPeriod = Nanoseconds(probe.StartPeriod),
        StartInterval = Nanoseconds(probe.StartInterval),
        Retries = probe.Retries,
    };

    private static long? Nanoseconds(TimeSpan? time) => time?.Ticks * 100;

    /// <summary>Binds and volumes as clients see them, by their targets.</summary>
    public static IReadOnlyList<InspectedMount> MountsOf(StateLayout layout, IReadOnlyList<MountRequest> requests)
    {
        List<InspectedMount> mounts = [];
        foreach (MountRequest mount in requests)
        {
            if (mount is { Kind: not MountKind.Tmpfs, Source: { } source })
            {
                bool volume = mount.Kind == MountKind.Volume;
                mounts.Add(new InspectedMount
                {
                    Type = volume ? "volume" : "bind",
                    Name = volume ? source : null,
                    Source = volume ? Path.Combine(layout.Volumes, source, VolumeFiles.Data) : source,
                    Destination = mount.Target,
                    Driver = volume ? "local" : null,
                    Mode = mount.Written is { Length: > 0 } written ? written : mount.ReadOnly ? "ro" : volume ? "z" : "",
                    IsWritable = !mount.ReadOnly,
                    Propagation = volume ? "" : (mount.Propagation ?? MountPropagation.RPrivate).ToString().ToLowerInvariant(),
                });
            }
        }

        mounts.Sort(static (a, b) => string.CompareOrdinal(a.Destination, b.Destination));
        return mounts;
    }

    private InspectedNetworkSettings Networks(Container container, ContainerConfig? image)
    {
        Dictionary<string, InspectedEndpoint> networks = InspectedEndpoints.Of(layout, container);

        // The fields of the default network stand here once more, for those who read the API of old.
        InspectedEndpoint old = networks.GetValueOrDefault(BuiltInNetworks.Bridge) ?? new InspectedEndpoint();
        return new InspectedNetworkSettings
        {
            EndpointId = old.EndpointId,
            Gateway = old.Gateway,
            GlobalIPv6Address = old.GlobalIPv6Address,
            GlobalIPv6PrefixLen = old.GlobalIPv6PrefixLen,
            IPAddress = old.IPAddress,
            IPPrefixLen = old.IPPrefixLen,
            IPv6Gateway = old.IPv6Gateway,
            MacAddress = old.MacAddress,
            Ports = container.IsRunning && networks.Count > 0
                ? InspectedPorts.Published(new ContainerPorts(layout).Of(container), ExposedPort.TextsOf(container.Record.Request, image))
                : new Dictionary<string, IReadOnlyList<InspectedPortBinding>?>(),
            SandboxKey = container.IsRunning && container.State.Process.Pid > 0
                ? string.Create(CultureInfo.InvariantCulture, $"/proc/{container.State.Process.Pid}/ns/net")
                : "",
            Networks = networks,
        };
    }

    private SortedDictionary<string, string> Directories(Container container, ImageDetails? image)
    {
        string directory = layout.Container(container.Id);
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["LowerDir"] = image is null ? "" : string.Join(':', Trees([.. container.Record.Layers, .. image.Record.LayerIds])),
            ["MergedDir"] = "",
            ["UpperDir"] = Path.Combine(directory, "upper"),
            ["WorkDir"] = Path.Combine(directory, "work"),
        };
    }

    private IEnumerable<string> Trees(IReadOnlyList<string> layers)
    {
        foreach (string layer in layers)
        {
            yield return layout.LayerTree(layer);
        }
    }

    private string LogOf(string id) => Path.Combine(layout.Container(id), ContainerLog.FileName);

    /// <summary>The container's own variables, then those of the image that it does not set.</summary>
    private static List<string> Environ(IReadOnlyList<string> own, IReadOnlyList<string> inherited)
    {
        List<string> variables = [.. own];
        HashSet<string> names = new(StringComparer.Ordinal);
        variables.ForEach(variable => names.Add(NameOf(variable)));
        foreach (string variable in inherited)
        {
            if (names.Add(NameOf(variable)))
            {
                variables.Add(variable);
            }
        }

        return variables;
    }

    private static string NameOf(string variable) =>
        variable.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? variable[..equals] : variable;

    private static IEnumerable<string> AnonymousVolumes(ContainerCreateRequest request)
    {
        foreach (MountRequest mount in request.Mounts)
        {
            if (mount is { Kind: MountKind.Volume, Anonymous: true } or { Kind: MountKind.Volume, Source: null })
            {
                yield return mount.Target;
            }
        }
    }

    private static Dictionary<string, EmptyObject>? Set(IEnumerable<string>? keys)
    {
        Dictionary<string, EmptyObject> set = new(StringComparer.Ordinal);
        foreach (string key in keys ?? [])
        {
            set[key] = EmptyObject.Value;
        }

        return set.Count == 0 ? null : set;
    }

    private static IEnumerable<string> Rest(IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            yield return arguments[i];
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } known
        ? known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
        : NoTime;
}
