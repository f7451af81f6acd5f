using FastRun.Cli.Options;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Manifests;

/// <summary><c>fastrun manifest rm</c>.</summary>
internal sealed class RemoveCommand : EachOperandCommand
{
    internal override string Name => "manifest rm";

    internal override string Usage => "MANIFEST_LIST [MANIFEST_LIST...]";

    internal override string Summary => "Delete one or more manifest lists from local storage";

    internal override Option[] BuildOptions() => [];

    /// <inheritdoc/>
    protected override void Apply(CommandContext context, string name) => new ManifestLists(context.RequireLayout()).Remove(name);
}
