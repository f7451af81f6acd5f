using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Progress;
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
        "Each thing that is damaged is a line that names it and says why, and what was done about it. The exit code is 1 while anything damaged is left.";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("repair", '\0', "Pull damaged images again, and remove those that cannot be pulled", value => _repair = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var store = new CheckStore(context.RequireLayout());
        StoreCheck check = _repair
            ? store.Repair(static () => new ProgressOptions().Open(OutputWriter.StandardError, timings: false))
            : store.Run();
        foreach (RepairedImage image in check.Repaired)
        {
            context.Output.WriteLine("repaired: " + TerminalText.Escape(
                $"{image.Damage.Subject}: {image.Damage.Reason}: pulled again from {image.Source}"));
        }

        foreach (StoreDamage damage in check.Damages)
        {
            context.Output.WriteLine(
                (damage.Removed ? "removed: " : "damaged: ") + TerminalText.Escape($"{damage.Subject}: {damage.Reason}"));
        }

        int left = check.Damages.Count(static damage => !damage.Removed);
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"images: {check.Images}, layers: {check.Layers}, damaged: {check.Repaired.Count + check.Damages.Count}"));
        return left == 0 ? 0 : ExitCodes.Failure;
    }
}
