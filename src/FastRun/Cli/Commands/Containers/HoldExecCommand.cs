using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Exec;
using FastRun.Native;

namespace FastRun.Cli.Commands.Containers;

/// <summary>What holds a process of a container that its caller may leave: not for users, and not in help.</summary>
internal sealed class HoldExecCommand : Command
{
    internal override string Name => ExecHolder.Command;

    internal override string Usage => "ID SOCKET";

    internal override string Summary => "Hold a process of a container";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        Fd caller = int.TryParse(operands[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 2
            ? new Fd(number)
            : throw new UsageException("is started by fastrun itself");
        ExecHolder.Run(context.RequireLayout(), operands[0], caller);
        return 0;
    }
}
