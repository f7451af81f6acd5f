using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Processes;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun top</c>.</summary>
internal sealed class TopCommand : Command
{
    /// <summary>As Docker lays it out.</summary>
    private const int LeastWidth = 20;

    internal override string Name => "top";

    internal override string Usage => "CONTAINER [ps OPTIONS]";

    internal override string Summary => "Display the running processes of a container";

    internal override string Details => """
        The options are those of ps that choose columns: -ef (the default), -e, -j, aux, ax, and -o with a list. Fastrun reads
        the processes itself and runs no ps; their numbers are this machine's.
        """;

    internal override bool Interspersed => false;

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        Container container = new ContainerStore(context.RequireLayout()).Find(operands[0]);
        ProcessTable table = ListProcesses.Run(container, operands.GetRange(1, operands.Count - 1));
        List<IReadOnlyList<string>> rows = [table.Titles];
        rows.AddRange(table.Processes.Select(static row => row.Select(TerminalText.Escape).ToList()));
        context.Output.Write(TextTable.Format(rows, LeastWidth));
        return 0;
    }
}
