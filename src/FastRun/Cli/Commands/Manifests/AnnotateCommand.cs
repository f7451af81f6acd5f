using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Images;
using FastRun.Layers.Images.Lists;

namespace FastRun.Cli.Commands.Manifests;

/// <summary><c>fastrun manifest annotate</c>.</summary>
internal sealed class AnnotateCommand : Command
{
    private readonly List<string> _features = [];
    private string? _architecture;
    private string? _os;
    private string? _osVersion;
    private string? _variant;

    internal override string Name => "manifest annotate";

    internal override string Usage => "[OPTIONS] MANIFEST_LIST MANIFEST";

    internal override string Summary => "Add additional information to a local image manifest";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        new("arch", '\0', "string", "Set architecture", value => _architecture = value),
        new("os", '\0', "string", "Set operating system", value => _os = value),
        new("os-features", '\0', "strings", "Set operating system feature", value => _features.AddRange(value.Split(','))),
        new("os-version", '\0', "string", "Set operating system version", value => _osVersion = value),
        new("variant", '\0', "string", "Set architecture variant", value => _variant = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        new ManifestLists(context.RequireLayout()).Annotate(operands[0], operands[1], platform => new ListedPlatform(
            _os ?? platform.Os, _architecture ?? platform.Architecture)
        {
            Variant = _variant ?? platform.Variant,
            OsVersion = _osVersion ?? platform.OsVersion,
            OsFeatures = _features.Count > 0 ? _features : platform.OsFeatures,
        });
        return 0;
    }
}
