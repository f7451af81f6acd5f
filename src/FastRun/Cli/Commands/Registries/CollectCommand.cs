using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Registries;
using FastRun.Layers.Hosting;

namespace FastRun.Cli.Commands.Registries;

/// <summary><c>fastrun registry gc</c>.</summary>
internal sealed class CollectCommand : Command
{
    private bool _untagged;

    internal override string Name => "registry gc";

    internal override string Usage => "[OPTIONS] DIR";

    internal override string Summary => "Remove what nothing needs from the directory of a registry";

    internal override string Details =>
        "Servers of the directory go on. Blobs that no manifest names are kept for an hour after they were last asked for,\n"
        + "uploads to which nothing comes for a day.\n";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("untagged", '\0', "Also remove manifests that no tag leads to", value => _untagged = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        RegistryGarbage garbage = RegistryHosting.Collect(
            operands[0],
            _untagged,
            static () => ErrorReport.Write("fastrun: registry gc: waiting for pushes that are being kept\n"),
            CancellationToken.None);
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"uploads: {garbage.Uploads}, manifests: {garbage.Manifests}, blobs: {garbage.Blobs}, reclaimed: {HumanUnits.Size(garbage.Bytes)}"));
        return 0;
    }
}
