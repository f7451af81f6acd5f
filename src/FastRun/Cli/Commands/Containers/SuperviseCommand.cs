using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Supervision;
using FastRun.Native;

namespace FastRun.Cli.Commands.Containers;

/// <summary>What a supervisor is started as: not for users, and not in help.</summary>
internal sealed class SuperviseCommand : Command
{
    internal override string Name => "supervise";

    internal override string Usage => "ID LOCK SOCKET STREAMS";

    internal override string Summary => "Hold a container for as long as it runs";

    internal override int LeastOperands => 4;

    internal override int MostOperands => 4;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ContainerSupervisor.Run(
            context.RequireLayout(), operands[0], Descriptor(operands[1]), Descriptor(operands[2]), (AttachStreams)Number(operands[3]));
        return 0;
    }

    private static Fd Descriptor(string text) => Number(text) is > 2 and var number
        ? new Fd(number)
        : throw new UsageException("is started by fastrun itself");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new UsageException("is started by fastrun itself");
}
