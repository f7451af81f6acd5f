using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands.Containers;

/// <summary>A command that does one thing to each container named: a failure does not keep it from the others.</summary>
internal abstract class ContainersCommand : Command
{
    internal override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override int Run(CommandContext context, List<string> operands)
    {
        var store = new ContainerStore(context.RequireLayout());
        int code = 0;
        foreach (string name in operands)
        {
            try
            {
                context.Output.WriteLine(Apply(context, Find(store, name), name));
            }
            catch (EngineException e) when (!Tolerates(e))
            {
                ErrorReport.Failure(e.Message, e.Hint);
                code = ExitCodes.Failure;
            }
            catch (EngineException e)
            {
                ErrorReport.Failure(e.Message, e.Hint);
            }
        }

        return code;
    }

    /// <summary>The container of a name.</summary>
    protected virtual Container Find(ContainerStore store, string name) => store.Find(name);

    /// <summary>Does it, and returns the line to print.</summary>
    protected abstract string Apply(CommandContext context, Container container, string name);

    /// <summary>Whether a failure leaves the exit code at 0.</summary>
    protected virtual bool Tolerates(EngineException failure) => false;
}
