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

/// <summary><c>fastrun load</c>.</summary>
internal sealed class LoadCommand : Command
{
    private const int StandardInput = 0;

    private string _input = "";
    private Platform? _platform;
    private bool _quiet;

    internal override string Name => "load";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Load an image from a tar archive or STDIN";

    internal override Option[] BuildOptions() =>
    [
        new("input", 'i', "string", "Read from tar archive file, instead of STDIN", value => _input = value),
        Option.Switch("quiet", 'q', "Do not show on a terminal how the layers get on", value => _quiet = value),
        new("platform", '\0', "string", "What the images must be built for, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_input.Length == 0 && Terminal.IsTerminal(StandardInput))
        {
            throw EngineException.Invalid("requested load from stdin, but stdin is empty");
        }

        var progress = new OutputWriter(OutputWriter.StandardOutput);
        LoadObserver observer = !_quiet && progress.IsTerminal
            ? new PullOutput(new TerminalProgressView(progress, OutputWriter.StandardOutput)) { Words = LayerWords.Load }
            : new LoadObserver();
        var loaded = new List<LoadedImage>();
        try
        {
            new LoadImages(context.RequireLayout()).Run(_input.Length == 0 ? null : _input, _platform, observer, loaded.Add);
        }
        finally
        {
            // Those that came before a failure are there.
            loaded.ForEach(image => Print(image, context.Output));
        }

        return 0;
    }

    private static void Print(LoadedImage image, OutputWriter output)
    {
        if (image is { Name: { } name, Replaced: { } replaced })
        {
            output.WriteLine($"The image {TerminalText.Escape(name.ToFamiliarString())} already exists, renaming the old one with ID {replaced} to empty string");
        }

        output.WriteLine(image.Name is null
            ? $"Loaded image ID: {image.Id}"
            : "Loaded image: " + TerminalText.Escape(image.Name.ToFamiliarString()));
    }
}
