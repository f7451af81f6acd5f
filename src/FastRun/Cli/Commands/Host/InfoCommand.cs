using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Host;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun info</c>.</summary>
internal sealed class InfoCommand : Command
{
    private const string HostNameKey = "Name";

    private string _format = "";

    internal override string Name => "info";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Show what this host offers and what is kept on it";

    internal override Option[] BuildOptions() =>
    [
        new("format", 'f', "string", "Format output: json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        SystemInfo info = SystemInfo.Read(context.RequireLayout());
        if (_format.Length > 0)
        {
            ObjectFormat.Print(_format, Document(info), context.Output);
            return 0;
        }

        (string Name, string Value)[] lines =
        [
            ("Version", EngineVersion.Text),
            ("Data Root", info.DataRoot),
            ("Run Root", info.RunRoot),
            ("Containers", Number(info.ContainersRunning + info.ContainersPaused + info.ContainersStopped)),
            (" Running", Number(info.ContainersRunning)),
            (" Paused", Number(info.ContainersPaused)),
            (" Stopped", Number(info.ContainersStopped)),
            ("Images", Number(info.Images)),
            ("Sandboxes", Number(info.Sandboxes)),
            ("Storage", info.Overlay ? "overlay (" + string.Join(", ", info.OverlayFeatures) + ")" : "none: this kernel has no overlayfs"),
            ("Cgroup Version", info.UnifiedCgroups ? "2" : "2 with controllers on 1 (hybrid)"),
            ("Cgroup v2 Controllers", string.Join(' ', info.CgroupV2Controllers)),
            ("Cgroup v1 Controllers", string.Join(' ', info.CgroupV1Controllers)),
            ("Seccomp", info.Seccomp ? "available" : "missing"),
            ("Kernel Version", info.KernelVersion),
            ("Oldest Kernel", info.OldestKernel),
            ("Operating System", info.OperatingSystem),
            ("Architecture", Machine),
            ("CPUs", Number(info.Cpus)),
            ("Total Memory", HumanUnits.BinarySize(info.MemoryBytes)),
            ("Name", info.HostName),
        ];
        foreach ((string name, string value) in lines)
        {
            context.Output.WriteLine($"{name}: {TerminalText.Escape(value)}");
        }

        foreach (string warning in info.Warnings)
        {
            context.Output.WriteLine($"WARNING: {TerminalText.Escape(warning)}");
        }

        return 0;
    }

    private static string Machine => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The keys of the Engine API (SystemInfo) where there is one for the same thing.</summary>
    private static JsonObject Document(SystemInfo info) => new()
    {
        ["ServerVersion"] = EngineVersion.Text,
        [HostNameKey] = info.HostName,
        ["DockerRootDir"] = info.DataRoot,
        ["RunRoot"] = info.RunRoot,
        ["Containers"] = info.ContainersRunning + info.ContainersPaused + info.ContainersStopped,
        ["ContainersRunning"] = info.ContainersRunning,
        ["ContainersPaused"] = info.ContainersPaused,
        ["ContainersStopped"] = info.ContainersStopped,
        ["Sandboxes"] = info.Sandboxes,
        ["Images"] = info.Images,
        ["Driver"] = "overlay",
        ["DriverStatus"] = Features(info),
        ["CgroupDriver"] = "cgroupfs",
        ["CgroupVersion"] = info.UnifiedCgroups ? "2" : "1",
        ["CgroupV2Controllers"] = List(info.CgroupV2Controllers),
        ["CgroupV1Controllers"] = List(info.CgroupV1Controllers),
        ["SecurityOptions"] = List(info.Seccomp ? ["name=seccomp,profile=builtin"] : []),
        ["KernelVersion"] = info.KernelVersion,
        ["OldestKernel"] = info.OldestKernel,
        ["OperatingSystem"] = info.OperatingSystem,
        ["OSType"] = "linux",
        ["Architecture"] = Machine,
        ["NCPU"] = info.Cpus,
        ["MemTotal"] = info.MemoryBytes,
        ["Warnings"] = List(info.Warnings),
    };

    private static JsonArray Features(SystemInfo info)
    {
        var features = new JsonArray();
        foreach (string feature in info.OverlayFeatures)
        {
            features.Add((JsonNode)List([feature, "true"]));
        }

        return features;
    }

    private static JsonArray List(IEnumerable<string> items)
    {
        var list = new JsonArray();
        foreach (string item in items)
        {
            list.Add((JsonNode)item);
        }

        return list;
    }
}
