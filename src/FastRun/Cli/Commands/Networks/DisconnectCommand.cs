using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Networks;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network disconnect</c>.</summary>
internal sealed class DisconnectCommand : Command
{
    private bool _force;

    internal override string Name => "network disconnect";

    internal override string Usage => "[OPTIONS] NETWORK CONTAINER";

    internal override string Summary => "Disconnect a container from a network";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Look for an end in the network, not for a container: one that is gone has left none", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ErrorReport.Warn(new ConnectNetwork(context.RequireLayout()).Disconnect(operands[0], operands[1], _force));
        return 0;
    }
}
