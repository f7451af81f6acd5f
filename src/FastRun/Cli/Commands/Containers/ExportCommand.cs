using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Files;
using FastRun.Layers;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun export</c>.</summary>
internal sealed class ExportCommand : Command
{
    private const int StandardOutput = 1;

    private string _output = "";

    internal override string Name => "export";

    internal override string Usage => "[OPTIONS] CONTAINER";

    internal override string Summary => "Export a container's filesystem as a tar archive";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        new("output", 'o', "string", "Write to a file, instead of STDOUT", value => _output = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_output.Length == 0 && Terminal.IsTerminal(StandardOutput))
        {
            throw EngineException.Invalid("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }

        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        var export = new ExportContainer(layout);
        if (_output.Length == 0)
        {
            using OutputStream output = new();
            export.Run(container, output);
        }
        else
        {
            export.Run(container, _output);
        }

        return 0;
    }
}
