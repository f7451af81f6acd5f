using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun help [COMMAND]</c>.</summary>
internal sealed class HelpCommand : Command
{
    internal override string Name => "help";

    internal override string Usage => "[COMMAND]";

    internal override string Summary => "Help about a command";

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (operands.Count == 0)
        {
            context.Output.Write(HelpText.ForProgram());
            return 0;
        }

        string name = string.Join(' ', operands);
        Command command = CommandTable.Find(name) ?? throw new UsageException($"unknown command: fastrun {name}");
        context.Output.Write(HelpText.ForCommand(command, command.BuildOptions()));
        return 0;
    }
}
