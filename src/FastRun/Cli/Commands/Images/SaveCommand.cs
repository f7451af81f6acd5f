using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun save</c>.</summary>
internal sealed class SaveCommand : Command
{
    private string _output = "";
    private ArchiveFormat _format;
    private Platform? _platform;

    internal override string Name => "save";

    internal override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    internal override string Summary => "Save one or more images to a tar archive (streamed to STDOUT by default)";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        new("output", 'o', "string", "Write to a file, instead of STDOUT", value => _output = value),
        new("format", '\0', "string", "What the archive is: docker-archive, which is an OCI layout too, or oci-archive", value => _format = Parse(value)),
        new("platform", '\0', "string", "What the images must be built for, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_output.Length == 0 && Terminal.IsTerminal(OutputWriter.StandardOutput))
        {
            throw EngineException.Invalid("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }

        var save = new SaveImages(context.RequireLayout());
        if (_output.Length == 0)
        {
            using OutputStream output = new();
            save.Run(operands, _format, _platform, output);
        }
        else
        {
            save.Run(operands, _format, _platform, _output);
        }

        return 0;
    }

    private static ArchiveFormat Parse(string value) => value switch
    {
        "docker-archive" or "" => ArchiveFormat.Docker,
        "oci-archive" => ArchiveFormat.Oci,
        _ => throw EngineException.Invalid("must be docker-archive or oci-archive"),
    };
}
