using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun tag</c>.</summary>
internal sealed class TagCommand : Command
{
    internal override string Name => "tag";

    internal override string Usage => "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]";

    internal override string Summary => "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        new TagImage(context.RequireLayout()).Run(operands[0], operands[1]);
        return 0;
    }
}
