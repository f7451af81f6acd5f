using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Manifests;

/// <summary><c>fastrun manifest create</c>.</summary>
internal sealed class CreateCommand : Command
{
    private bool _amend;
    private bool _insecure;

    internal override string Name => "manifest create";

    internal override string Usage => "[OPTIONS] MANIFEST_LIST MANIFEST [MANIFEST...]";

    internal override string Summary => "Create a local manifest list for annotating and pushing to a registry";

    internal override int LeastOperands => 2;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("amend", 'a', "Amend an existing manifest list", value => _amend = value),
        Option.Switch("insecure", '\0', "Allow communication with an insecure registry", value => _insecure = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        string name = new ManifestLists(context.RequireLayout()).Create(operands[0], operands.GetRange(1, operands.Count - 1), _amend, _insecure);
        context.Output.WriteLine("Created manifest list " + name);
        return 0;
    }
}
