using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume create</c>.</summary>
internal sealed class CreateCommand : Command
{
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private string _driver = "local";

    internal override string Name => "volume create";

    internal override string Usage => "[OPTIONS] [VOLUME]";

    internal override string Summary => "Create a volume";

    internal override string Details =>
        "Options of the driver local:\n"
        + "  -o type=none -o o=bind -o device=DIRECTORY   a directory of the host (o: bind, rbind, ro)\n"
        + "  -o type=tmpfs -o device=tmpfs [-o o=size=1g] memory, for one container at a time";

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        new("driver", 'd', "string", "Specify volume driver name (default \"local\")", value => _driver = value),
        new("label", '\0', "list", "Set metadata for a volume: KEY=value", value => Values.SetPair(_labels, value)),
        new("opt", 'o', "map", "Set driver specific options: KEY=value", value => Values.SetPair(_options, value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        string? name = operands.Count > 0 && operands[0].Length > 0 ? operands[0] : null;
        context.Output.WriteLine(new ManageVolumes(context.RequireLayout()).Create(name, _driver, _labels, _options));
        return 0;
    }
}
