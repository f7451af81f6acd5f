using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun rmi</c>.</summary>
internal sealed class RemoveCommand : Command
{
    private bool _force;

    internal override string Name => "rmi";

    internal override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    internal override string Summary => "Remove one or more images";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Remove an image by its id even if it has several names, untag one that a container needs, and do not fail where there is none", value => _force = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var remove = new RemoveImage(context.RequireLayout());
        int code = 0;
        foreach (string image in operands)
        {
            try
            {
                ImageRemoval removal = remove.Run(image, _force);
                Print("Untagged: ", removal.Untagged, context.Output);
                Print("Deleted: ", removal.Deleted, context.Output);
            }
            catch (EngineException e)
            {
                ErrorReport.Failure(e.Message, e.Hint);
                code = _force && e.Kind == ErrorKind.NotFound ? code : ExitCodes.Failure;
            }
        }

        return code;
    }

    private static void Print(string what, IReadOnlyList<string> names, OutputWriter output)
    {
        foreach (string name in names)
        {
            output.WriteLine(what + TerminalText.Escape(name));
        }
    }
}
