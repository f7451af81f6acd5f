using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Manifests;

/// <summary><c>fastrun manifest push</c>.</summary>
internal sealed class PushCommand : Command
{
    private bool _insecure;
    private bool _purge;

    internal override string Name => "manifest push";

    internal override string Usage => "[OPTIONS] MANIFEST_LIST";

    internal override string Summary => "Push a manifest list to a repository";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("insecure", '\0', "Allow communication with an insecure registry", value => _insecure = value),
        Option.Switch("purge", 'p', "Remove the local manifest list after push", value => _purge = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        context.Output.WriteLine(new ManifestLists(context.RequireLayout()).Push(operands[0], _purge, _insecure));
        return 0;
    }
}
