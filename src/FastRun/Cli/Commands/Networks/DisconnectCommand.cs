using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
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
        Option.Switch("force", 'f', "Do not fail where there is no such container, or it is not in the network", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        try
        {
            ErrorReport.Warn(new ConnectNetwork(context.RequireLayout()).Disconnect(operands[0], operands[1]));
        }
        catch (EngineException e) when (_force && e.Kind is ErrorKind.NotFound)
        {
            // What was asked for is so.
        }

        return 0;
    }
}
