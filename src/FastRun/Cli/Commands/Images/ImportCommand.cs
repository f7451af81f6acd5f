using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Progress;
using FastRun.Documents;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun import</c>.</summary>
internal sealed class ImportCommand : Command
{
    private const int StandardInput = 0;

    private readonly List<string> _changes = [];
    private string _message = "";
    private Platform? _platform;

    internal override string Name => "import";

    internal override string Usage => "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]";

    internal override string Summary => "Import the contents from a tarball to create a filesystem image";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        new("change", 'c', "list", "Apply Dockerfile instruction to the created image", _changes.Add),
        new("message", 'm', "string", "Set commit message for imported image", value => _message = value),
        new("platform", '\0', "string", "What the image is built for, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (operands[0] == "-" && Terminal.IsTerminal(StandardInput))
        {
            throw EngineException.Invalid("-: standard input is a terminal, not a tar");
        }

        var request = new ImportRequest
        {
            Source = operands[0],
            Name = operands.Count > 1 ? operands[1] : null,
            Message = _message,
            Changes = _changes,
            Platform = _platform,
        };
        var progress = new OutputWriter(OutputWriter.StandardOutput);
        LoadObserver observer = progress.IsTerminal
            ? new PullOutput(new TerminalProgressView(progress, OutputWriter.StandardOutput)) { Words = LayerWords.Import }
            : new LoadObserver();
        context.Output.WriteLine(new ImportImage(context.RequireLayout()).Run(request, observer).ToString());
        return 0;
    }
}
