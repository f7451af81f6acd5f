using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Manifests;

/// <summary><c>fastrun manifest inspect</c>.</summary>
internal sealed class InspectCommand : Command
{
    private bool _insecure;
    private bool _verbose;

    internal override string Name => "manifest inspect";

    internal override string Usage => "[OPTIONS] [MANIFEST_LIST] MANIFEST";

    internal override string Summary => "Display an image manifest, or manifest list";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("insecure", '\0', "Allow communication with an insecure registry", value => _insecure = value),
        Option.Switch("verbose", 'v', "Output additional info including layers and platform", value => _verbose = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        string? list = operands.Count > 1 ? operands[0] : null;
        context.Output.WriteLine(new ManifestLists(context.RequireLayout()).Inspect(list, operands[^1], _verbose, _insecure));
        return 0;
    }
}
