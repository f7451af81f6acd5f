using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Networks;
using FastRun.Engine.RuntimeSpec;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch;

/// <summary>Decides everything about a launch: request and image in, <see cref="LaunchPlan"/> out.</summary>
internal sealed class LaunchPlanner(
    StateLayout layout,
    ContainerCreateRequest request,
    LaunchRecord? image,
    Sandbox sandbox,
    CgroupHierarchy hierarchy,
    ContainerStreams streams,
    ContainerNetwork? network,
    NameResolution names,
    PreparedMounts? prepared = null)
{
    private const long DefaultSharedMemory = 64L * 1024 * 1024;

    private static readonly string[] s_systemDirectories = ["proc", "sys", "dev"];

    private readonly PreparedMounts _prepared = prepared ?? PreparedMounts.None;

    private bool UsesHostNetwork => request.Network == BuiltInNetworks.Host;

    /// <summary>The host name of a container: the one that was asked for, the host's own where it has its network or its name, or the short id.</summary>
    internal static string HostNameOf(ContainerCreateRequest request, string id) =>
        request.Hostname ?? (request.Network == BuiltInNetworks.Host || request.Namespaces.SharesUts ? System.Environment.MachineName : ShortId.Of(id));

    /// <summary>Makes the plan.</summary>
    /// <param name="root">The root file system.</param>
    /// <param name="owned">Takes what is opened and made on the way.</param>
    /// <exception cref="EngineException">The request cannot be met by this image or on this host.</exception>
    internal LaunchPlan Plan(Fd root, RunResources owned)
    {
        MakeSystemTargets(root);
        ProcessIdentity identity = UserResolver.Resolve(root, request.User ?? image?.User ?? "", request.GroupAdd);
        List<string> environment = ContainerEnvironment.Of(request, image, names.HostName, identity.Home, names.Variables);
        CommandLine command = CommandLine.Of(request, image, environment);
        CapabilitySet capabilities = CapabilityRules.Resolve(request.CapAdd, request.CapDrop, request.Privileged);
        SecurityOptions security = SecurityOptions.Of(request.SecurityOpt);
        string workingDirectory = WorkingDirectory();

        IReadOnlyList<DeviceNode> hostDevices = HostDevices.Of(request);
        SharedNamespaces shared = SharedNamespaces.Open(layout, request.Namespaces, memory: !MountsSharedMemory, owned);
        JoinReport? joining = request.Namespaces.SharesPid ? owned.Own(new JoinReport()) : null;
        DeviceFilesystem devices = owned.Own(DeviceFilesystem.Create(SharedMemory(), shared.SharedMemory, root, hostDevices));
        MountPlanner mounts = new(root, devices, owned);
        bool unmapped = PlanMounts(mounts, root, identity, owned);
        if (!workingDirectory.StartsWith("/proc", System.StringComparison.Ordinal))
        {
            mounts.EnsureDirectory(workingDirectory);
        }

        streams.Open(devices, identity);
        return new LaunchPlan
        {
            Root = root,
            ScratchDirectory = sandbox.Work,
            HostName = names.HostName,
            DomainName = request.Domainname,
            LinkVariables = names.Variables,
            WorkingDirectory = workingDirectory,
            Identity = identity,
            Environment = environment,
            Arguments = Arguments(command, joining),
            Candidates = command.Candidates,
            Capabilities = capabilities,
            Seccomp = SeccompFilters.Resolve(layout, security.SeccompProfile, capabilities, request.Privileged),
            NoNewPrivileges = security.NoNewPrivileges || unmapped,
            MaskPaths = !request.Privileged && !security.UnconfinedSystemPaths,
            WritableSystem = request.Privileged,
            ReadOnlyRoot = request.ReadOnlyRootfs,
            Sysctls = SysctlWrite.Of(Sysctls()),
            Namespaces = Namespaces(),
            NetworkNamespace = network?.Namespace,
            Shared = shared,
            Joining = joining,
            KeptDescriptor = joining?.Writer,
            IsCommand = joining is null,
            ResourceLimits = request.Ulimits.Count == 0 ? [] : ResourceLimits.Of(request.Ulimits, CapabilitySet.OfThisProcess()),
            OomScoreAdjustment = request.OomScoreAdjustment?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Streams = streams,
            Devices = devices,
            SystemFiles = owned.Own(SystemFiles.Create(names.HostName, names.Hosts, names.ResolvConf, _prepared.Files)),
            PrivateFiles = _prepared.Files,
            Mounts = mounts.Planned,
            Init = request.Init || joining is not null ? owned.Own(InitProgram.OpenSealed()) : null,
            Cgroup = MakeCgroup(owned, hostDevices),
        };
    }

    /// <summary>
    /// What is executed: the command, or the init that makes it. In a PID namespace of others there always is one, for the process of the
    /// tape, which shares this process's memory and program, must not be in there (docs/joining-a-container.md).
    /// </summary>
    private IReadOnlyList<string> Arguments(CommandLine command, JoinReport? joining) =>
        joining is not null
            ? InitProgram.JoiningArguments(joining.Writer, request.Tty, diesWithParent: true, command.Candidates, command.Arguments, request.Init)
        : request.Init ? InitProgram.Arguments(command.Candidates, command.Arguments)
        : command.Arguments;

    /// <summary>Makes what the system's own mounts cover: the image may not have it.</summary>
    private static void MakeSystemTargets(Fd root)
    {
        foreach (string name in s_systemDirectories)
        {
            // EEXIST: whatever is there, the child refuses to mount on anything but a directory.
            FileAt.TryMakeDirectory(root, name, 0b_111_101_101);
        }

        foreach (string target in SystemFiles.Targets)
        {
            RootTree.EnsureFile(root, target);
        }
    }

    private bool PlanMounts(MountPlanner mounts, Fd root, ProcessIdentity identity, RunResources owned)
    {
        bool unmapped = false;
        if (ImageRoot.IsHosts(image))
        {
            HostRootFilesystem.AddFilesystems(mounts, layout, sandbox);
        }

        VolumeSource volumes = new(layout, sandbox, root, owned);
        List<MountRequest> requests = [.. VolumeSource.WithImageVolumes(request, image)];
        if (request.Workspace is { } workspace)
        {
            // In its place by depth: what lies above it must not cover it.
            List<MountRequest> above = requests.FindAll(mount => MountPlanner.IsBelow(workspace.Target, mount.Target.TrimEnd('/')));
            mounts.Add(above, volumes.Open);
            mounts.Add(WorkspaceMount.Open(workspace, identity, out unmapped), workspace.Target);
            requests.RemoveAll(above.Contains);
        }

        mounts.Add(requests, volumes.Open);
        foreach (PlannedMount mount in _prepared.Mounts)
        {
            mounts.Add(mount.Mount, mount.Target);
        }

        foreach (PrivateFile file in _prepared.Files)
        {
            mounts.EnsureFile(file.Target);
        }

        return unmapped;
    }

    private Cgroup MakeCgroup(RunResources owned, IReadOnlyList<DeviceNode> devices)
    {
        Cgroup cgroup = owned.Own(SandboxCgroup.Create(hierarchy, request, sandbox, devices));
        owned.RemoveLater($"cgroup of sandbox {sandbox.Id}", cgroup.Remove);
        return cgroup;
    }

    private string WorkingDirectory() =>
        request.WorkingDir ?? request.Workspace?.Target ?? (image?.WorkingDir is { Length: > 0 } directory ? directory : "/");

    private bool MountsSharedMemory
    {
        get
        {
            foreach (MountRequest mount in request.Mounts)
            {
                if (mount.Target == "/dev/shm")
                {
                    return true;
                }
            }

            return false;
        }
    }

    private long? SharedMemory() => MountsSharedMemory || request.Namespaces.SharesIpc || request.Namespaces.LacksSharedMemory
        ? null
        : request.ShmSizeBytes ?? DefaultSharedMemory;

    private CloneFlags Namespaces()
    {
        NamespaceModes modes = request.Namespaces;
        CloneFlags flags = CloneFlags.NewMount
            | (modes.SharesPid ? 0 : CloneFlags.NewPid)
            | (modes.SharesIpc ? 0 : CloneFlags.NewIpc)
            | (modes.SharesUts ? 0 : CloneFlags.NewUts)
            | (modes.SharesCgroup ? 0 : CloneFlags.NewCgroup);
        return UsesHostNetwork || network is not null ? flags : flags | CloneFlags.NewNet;
    }

    /// <summary>The two that Docker sets in a network namespace of its own, then the request's.</summary>
    private Dictionary<string, string> Sysctls()
    {
        Dictionary<string, string> sysctls = [];
        if (!UsesHostNetwork && network?.SharedWith is null)
        {
            sysctls["net.ipv4.ping_group_range"] = "0 2147483647";
            sysctls["net.ipv4.ip_unprivileged_port_start"] = "0";
        }

        foreach ((string name, string value) in request.Sysctls)
        {
            sysctls[name] = value;
        }

        return sysctls;
    }
}
