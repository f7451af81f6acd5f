using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Progress;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun pull</c>.</summary>
internal sealed class PullCommand : Command
{
    private readonly ProgressOptions _progress = new();
    private Platform? _platform;
    private bool _all;
    private bool _timings;

    internal override string Name => "pull";

    internal override string Usage => "[OPTIONS] NAME[:TAG|@DIGEST]";

    internal override string Summary => "Download an image from a registry";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all-tags", 'a', "Download all tagged images in the repository", value => _all = value),
        new("platform", '\0', "string", "The platform wanted of an image that has several, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
        .. _progress.Build(),
        SettledOptions.ContentTrust(),
        Option.Switch("timings", '\0', "Afterwards, print where the time of each layer went", value => _timings = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var pull = new PullImage(context.RequireLayout());
        PullOutput output = _progress.Open(OutputWriter.StandardOutput, _timings);
        string name = operands[0];
        if (_all)
        {
            pull.RunAll(name, _platform, output, result => Print(result, context.Output));
            return 0;
        }

        if (!HasTagOrDigest(name))
        {
            output.Message("Using default tag: " + ImageReference.DefaultTag);
        }

        Print(pull.Run(name, _platform, output), context.Output);
        return 0;
    }

    private static void Print(PullResult result, OutputWriter output)
    {
        output.WriteLine(TerminalText.Escape(result.Reference.ToString()));
        output.Flush();
    }

    private static bool HasTagOrDigest(string name) =>
        name.Contains('@', StringComparison.Ordinal) || name.LastIndexOf(':') > name.LastIndexOf('/');
}
