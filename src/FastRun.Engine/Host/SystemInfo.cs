using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Firewall;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Host;

/// <summary>What this host offers and what is kept on it.</summary>
public sealed record SystemInfo
{
    private const int LargestProcFile = 64 * 1024;

    /// <summary>The persistent root.</summary>
    public required string DataRoot { get; init; }

    /// <summary>The root of this boot's state.</summary>
    public required string RunRoot { get; init; }

    /// <summary>The host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>The release of the kernel that runs, as uname(1) tells it.</summary>
    public static string KernelRelease => Line("/proc/sys/kernel/osrelease");

    /// <summary>The kernel's release, as uname(1) tells it.</summary>
    public required string KernelVersion { get; init; }

    /// <summary>The oldest kernel that sandboxes can run on, version and revision.</summary>
    public required string OldestKernel { get; init; }

    /// <summary>The distribution's name (os-release(5), PRETTY_NAME).</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The number of CPUs this process may use.</summary>
    public required int Cpus { get; init; }

    /// <summary>The host's memory in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Whether all controllers are on cgroup v2; otherwise the host is a hybrid one.</summary>
    public required bool UnifiedCgroups { get; init; }

    /// <summary>The controllers that v2 has.</summary>
    public required IReadOnlyCollection<string> CgroupV2Controllers { get; init; }

    /// <summary>The controllers that are bound to v1.</summary>
    public required IReadOnlyCollection<string> CgroupV1Controllers { get; init; }

    /// <summary>Whether the kernel has overlayfs.</summary>
    public required bool Overlay { get; init; }

    /// <summary>What this kernel's overlayfs can do that older ones cannot.</summary>
    public required IReadOnlyList<string> OverlayFeatures { get; init; }

    /// <summary>Whether the kernel filters system calls.</summary>
    public required bool Seccomp { get; init; }

    /// <summary>How many images there are.</summary>
    public required int Images { get; init; }

    /// <summary>How many containers run, paused ones not among them.</summary>
    public required int ContainersRunning { get; init; }

    /// <summary>How many containers are paused.</summary>
    public required int ContainersPaused { get; init; }

    /// <summary>How many containers do not run.</summary>
    public required int ContainersStopped { get; init; }

    /// <summary>How many sandboxes there are, running or left behind.</summary>
    public required int Sandboxes { get; init; }

    /// <summary>What on this host is in the way of networks that are in use.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Looks at the host.</summary>
    /// <exception cref="EngineException">The state cannot be read.</exception>
    public static SystemInfo Read(StateLayout layout) => EngineErrors.Translated(() =>
    {
        using CgroupHierarchy cgroups = CgroupHierarchy.Detect();
        bool overlay = TryProbeOverlay(out List<string> features);
        List<Container> containers = new ContainerStore(layout).All();
        int paused = containers.FindAll(static container => container.State.Status == ContainerStatus.Paused).Count;
        int running = containers.FindAll(static container => container.IsRunning).Count - paused;
        return new SystemInfo
        {
            DataRoot = layout.DataRoot,
            RunRoot = layout.RunRoot,
            HostName = Line("/proc/sys/kernel/hostname"),
            KernelVersion = KernelRelease,
            OldestKernel = KernelSupport.Oldest.ToString(),
            OperatingSystem = PrettyName(),
            Cpus = Environment.ProcessorCount,
            MemoryBytes = TotalMemory(),
            UnifiedCgroups = cgroups.Unified,
            CgroupV2Controllers = cgroups.Controllers(CgroupVersion.V2),
            CgroupV1Controllers = cgroups.Controllers(CgroupVersion.V1),
            Overlay = overlay,
            OverlayFeatures = features,
            Seccomp = Text("/proc/sys/kernel/seccomp/actions_avail").Contains("errno", StringComparison.Ordinal),
            Images = CountImages(layout),
            ContainersRunning = running,
            ContainersPaused = paused,
            ContainersStopped = containers.Count - running - paused,
            Sandboxes = CountEntries(layout.Containers),
            Warnings = NetworkWarnings(layout),
        };
    });

    /// <summary>Whether all controllers are in cgroup v2's one hierarchy.</summary>
    public static bool HasUnifiedCgroups()
    {
        using CgroupHierarchy cgroups = CgroupHierarchy.Detect();
        return cgroups.Unified;
    }

    private static List<string> NetworkWarnings(StateLayout layout)
    {
        List<string> warnings = [];
        foreach (Network network in FirewallState.Networks(layout))
        {
            warnings.AddRange(ForeignFirewall.Warnings(network));
        }

        return warnings;
    }

    private static bool TryProbeOverlay(out List<string> features)
    {
        features = [];
        try
        {
            // Before Linux 6.5 overlayfs takes any option, and reads them only when it is mounted. All that we run on have
            // these two then, since 5.11.
            using var probe = new FilesystemContext("overlay");
            if (probe.TrySet("fastrun-probe", "1"))
            {
                features.AddRange(["userxattr", "volatile"]);
                return true;
            }

            foreach ((string option, string value) in new[] { ("lowerdir+", "/"), ("userxattr", ""), ("volatile", "") })
            {
                using var context = new FilesystemContext("overlay");
                bool known = value.Length == 0 ? TryFlag(context, option) : context.TrySet(option, value);
                if (known)
                {
                    features.Add(option);
                }
            }

            return true;
        }
        catch (SyscallException e) when (e.Errno is Errno.ENODEV or Errno.EPERM)
        {
            return false;
        }
    }

    private static bool TryFlag(FilesystemContext context, string flag)
    {
        try
        {
            context.Set(flag);
            return true;
        }
        catch (SyscallException e) when (e.Errno == Errno.EINVAL)
        {
            return false;
        }
    }

    private static int CountImages(StateLayout layout)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (ImageSummary image in ContainerImageUsers.OpenStore(layout).List())
        {
            ids.Add(image.Id.ToString());
        }

        return ids.Count;
    }

    private static int CountEntries(string directory)
    {
        int count = 0;
        foreach (DirectoryEntry _ in DirectoryContent.ReadAll(null, directory))
        {
            count++;
        }

        return count;
    }

    private static string PrettyName()
    {
        const string Key = "PRETTY_NAME=";
        string text = Text("/etc/os-release");
        foreach (string line in (text.Length > 0 ? text : Text("/usr/lib/os-release")).Split('\n'))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal))
            {
                return line[Key.Length..].Trim('"', '\'');
            }
        }

        return "Linux";
    }

    /// <summary>The machine's memory in bytes: the first number of /proc/meminfo, which counts kibibytes.</summary>
    internal static long TotalMemory()
    {
        string[] words = Text("/proc/meminfo").Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        return words is ["MemTotal:", var kibibytes, ..]
            && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value << 10
            : 0;
    }

    private static string Line(string path) => Text(path).TrimEnd('\n');

    private static string Text(string path)
    {
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read, 0, ResolveFlags.None, out _);
        return file is null ? "" : Encoding.UTF8.GetString(FileContent.ReadAll(file, LargestProcFile));
    }
}
