using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands;

/// <summary>A command that does one thing to each object named: a failure does not keep it from the others.</summary>
internal abstract class EachOperandCommand : Command
{
    internal sealed override int LeastOperands => 1;

    internal sealed override int MostOperands => Unlimited;

    internal override int Run(CommandContext context, List<string> operands)
    {
        int code = 0;
        foreach (string name in operands)
        {
            try
            {
                Apply(context, name);
            }
            catch (EngineException e)
            {
                ErrorReport.Failure(e.Message, e.Hint);
                code = Tolerates(e) ? code : ExitCodes.Failure;
            }
        }

        return code;
    }

    /// <summary>Does it, and prints what there is to print.</summary>
    protected abstract void Apply(CommandContext context, string name);

    /// <summary>Whether a failure leaves the exit code at 0.</summary>
    protected virtual bool Tolerates(EngineException failure) => false;
}
