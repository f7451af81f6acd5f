using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun man [COMMAND]</c>.</summary>
internal sealed class ManualCommand : Command
{
    internal override string Name => "man";

    internal override string Usage => "[COMMAND]";

    internal override string Summary => "Print a manual page, in the macros of man(7)";

    internal override string Details => """
        To read one: fastrun man exec | man -l -. To install one, write it to a file such as
        /usr/local/share/man/man1/fastrun-exec.1.
        """;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        string name = string.Join(' ', operands);
        context.Output.Write(
            name.Length == 0 ? ManualPage.OfProgram()
            : CommandTable.Find(name) is { IsHidden: false } entry ? ManualPage.Of(entry)
            : throw new UsageException($"unknown command: {ProgramName.Text} {name}", UsageFault.Command));
        return 0;
    }
}
