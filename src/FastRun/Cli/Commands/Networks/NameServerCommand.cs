using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Networks.Names;
using FastRun.Native;

namespace FastRun.Cli.Commands.Networks;

/// <summary>What the name server is started as: not for users, and not in help.</summary>
internal sealed class NameServerCommand : Command
{
    internal override string Name => NameServer.Command;

    internal override string Usage => "SOCKET LOCK";

    internal override string Summary => "Answer containers that ask for names";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        NameServer.Run(context.RequireLayout(), Descriptor(operands[0]), Descriptor(operands[1]));
        return 0;
    }

    private static Fd Descriptor(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 2
            ? new Fd(number)
            : throw new UsageException("is started by fastrun itself");
}
