using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary>What a pull starts for the disk's sake: not for users, and not in help.</summary>
internal sealed class SyncCommand : Command
{
    internal override string Name => SyncImage.Command;

    internal override string Usage => "ID";

    internal override string Summary => "Bring an image to the disk";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        SyncImage.Run(context.RequireLayout(), operands[0]);
        return 0;
    }
}
