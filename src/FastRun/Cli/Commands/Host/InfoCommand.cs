using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine;
using FastRun.Engine.Host;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun info</c>.</summary>
internal sealed class InfoCommand : Command
{
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
            ObjectFormat.Print(_format, InfoDocument.Of(info), context.Output);
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
            ("Architecture", InfoDocument.Machine),
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

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
