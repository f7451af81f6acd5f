using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine.Batches;
using FastRun.Engine.Errors;
using FastRun.Native;

namespace FastRun.Cli.Commands.Containers;

/// <summary>What a command of a batch is started as: not for users, and not in help.</summary>
internal sealed class BatchSandboxCommand : Command
{
    internal override string Name => BatchSandbox.Command;

    internal override string Usage => "REQUEST REPORT COMMAND [ARG...]";

    internal override string Summary => "Run one command of a batch";

    internal override bool Interspersed => false;

    internal override int LeastOperands => 3;

    internal override int MostOperands => Unlimited;

    internal override int ExitCode(ErrorKind kind) => ExitCodes.OfRun(kind);

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands) => BatchSandbox.Run(
        context.RequireLayout(),
        Descriptor(operands[0]) ?? throw new UsageException("is started by fastrun itself"),
        Descriptor(operands[1]),
        operands.GetRange(2, operands.Count - 2),
        new ReportOptions().ApplyTo(new SandboxOptions().RunOptions(context.Output)));

    private static Fd? Descriptor(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 2 ? new Fd(number) : null;
}
