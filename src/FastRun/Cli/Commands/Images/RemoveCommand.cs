using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun rmi</c>.</summary>
internal sealed class RemoveCommand : EachOperandCommand
{
    private readonly List<Platform> _platforms = [];
    private bool _force;

    internal override string Name => "rmi";

    internal override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    internal override string Summary => "Remove one or more images";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Remove an image by its id even if it has several names, untag one that a container needs, and do not fail where there is none", value => _force = value),
        new("platform", '\0', "strings", "Remove it only if it is of this platform, os[/arch[/variant]]", value => _platforms.AddRange(value.Split(',').Select(PlatformSyntax.Parse))),
        Option.Switch("no-prune", '\0', "Keep the image's parents: images have none that have no name", static _ => { }),
    ];

    /// <inheritdoc/>
    protected override void Apply(CommandContext context, string name)
    {
        ImageRemoval removal = new RemoveImage(context.RequireLayout()).Run(name, _force, _platforms);
        Print("Untagged: ", removal.Untagged, context.Output);
        Print("Deleted: ", removal.Deleted, context.Output);
    }

    /// <inheritdoc/>
    protected override bool Tolerates(EngineException failure) => _force && failure.Kind == ErrorKind.NotFound;

    private static void Print(string what, IReadOnlyList<string> names, OutputWriter output)
    {
        foreach (string name in names)
        {
            output.WriteLine(what + TerminalText.Escape(name));
        }
    }
}
