using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network rm</c>.</summary>
internal sealed class RemoveCommand : Command
{
    private bool _force;

    internal override string Name => "network rm";

    internal override string Usage => "[OPTIONS] NETWORK [NETWORK...]";

    internal override string Summary => "Remove one or more networks";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Do not fail where there is none", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var manage = new ManageNetworks(context.RequireLayout());
        int code = 0;
        foreach (string name in operands)
        {
            try
            {
                manage.Remove(name, _force);
                context.Output.WriteLine(name);
            }
            catch (EngineException e)
            {
                ErrorReport.Failure(e.Message, e.Hint);
                code = ExitCodes.Failure;
            }
        }

        return code;
    }
}
