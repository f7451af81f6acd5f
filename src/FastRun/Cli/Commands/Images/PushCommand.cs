using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Progress;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Images;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun push</c>.</summary>
internal sealed class PushCommand : Command
{
    private readonly ProgressOptions _progress = new("push");
    private Platform? _platform;
    private string? _compression;
    private bool _force;
    private bool _all;

    internal override string Name => "push";

    internal override string Usage => "[OPTIONS] NAME[:TAG]";

    internal override string Summary => "Upload an image to a registry";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("all-tags", 'a', "Push all tags of an image to the repository", value => _all = value),
        new("platform", '\0', "string", "Push the image of this platform only, not the index that it came by", value => _platform = PlatformSyntax.Parse(value)),
        new("compression", '\0', "string", "How to compress layers that exist in no registry within reach: gzip, zstd, or either with :LEVEL", value => _compression = value),
        Option.Switch("force-compression", '\0', "Compress all layers that exist in another compression", value => _force = value),
        .. _progress.Build(),
        SettledOptions.ContentTrust(),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var push = new PushImage(context.RequireLayout());
        PushOutput output = _progress.OpenPush(OutputWriter.StandardOutput);
        string name = operands[0];
        PushRequest request = new() { Platform = _platform, Compression = _compression, ForceCompression = _force };
        if (_all)
        {
            push.RunAll(name, request, output, image => Print(image, context.Output));
            return 0;
        }

        if (!(name.LastIndexOf(':') > name.LastIndexOf('/')))
        {
            output.Message("Using default tag: " + ImageReference.DefaultTag);
        }

        Print(push.Run(name, request, output), context.Output);
        return 0;
    }

    /// <summary>With <c>--quiet</c> the name is all that is printed.</summary>
    private void Print(PushedImage image, OutputWriter output)
    {
        if (_progress.Quiet)
        {
            output.WriteLine(TerminalText.Escape(image.Reference.ToString()));
            output.Flush();
        }
    }
}
