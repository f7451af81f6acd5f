using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Host;
using FastRun.Layers.Images;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun system check</c>.</summary>
internal sealed class CheckCommand : Command
{
    private bool _repair;

    internal override string Name => "system check";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Verify every image and layer by its digest";

    internal override string Details =>
        "Each thing that is damaged is a line that names it and says why. The exit code is 1 while anything damaged is left.";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("repair", '\0', "Remove what is damaged, so that it can be loaded again", value => _repair = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StoreReport report = new CheckStore(context.RequireLayout()).Run(_repair);
        foreach (StoreDamage damage in report.Damages)
        {
            context.Output.WriteLine(
                (damage.Removed ? "removed: " : "damaged: ") + TerminalText.Escape($"{damage.Subject}: {damage.Reason}"));
        }

        int left = report.Damages.Count(static damage => !damage.Removed);
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"images: {report.Images}, layers: {report.Layers}, damaged: {report.Damages.Count}"));
        return left == 0 ? 0 : ExitCodes.Failure;
    }
}
