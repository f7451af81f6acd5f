using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Networks.Ports;
using FastRun.Native;

namespace FastRun.Cli.Commands.Networks;

/// <summary>What holds a container's ports of the host: not for users, and not in help.</summary>
internal sealed class PublishPortsCommand : Command
{
    internal override string Name => PortPublisher.Command;

    internal override string Usage => "ID CONTROL SOCKET...";

    internal override string Summary => "Hold a container's ports of the host";

    internal override int LeastOperands => 3;

    internal override int MostOperands => int.MaxValue;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        Fd control = int.TryParse(operands[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 2
            ? new Fd(number)
            : throw new UsageException("is started by fastrun itself");
        PortPublisher.Run(context.RequireLayout(), control, operands[2..]);
        return 0;
    }
}
