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

        CommandGroup? group = operands.Count == 1 ? CommandTable.FindGroup(operands[0]) : null;
        context.Output.Write(group is { Missing: null } ? HelpText.ForGroup(group) : OfCommand(string.Join(' ', operands)));
        return 0;
    }

    private static string OfCommand(string name)
    {
        CommandEntry entry = CommandTable.Find(name)
            ?? throw new UsageException($"unknown command: {ProgramName.Text} {name}", UsageFault.Command);
        Command command = entry.Make();
        return HelpText.ForCommand(entry, Invocation.Of(name, command), command, command.BuildOptions());
    }
}
