using FastRun.Cli.Options;
using FastRun.Engine.Snapshots;

namespace FastRun.Cli.Commands.Snapshots;

/// <summary><c>fastrun snapshot rm</c>.</summary>
internal sealed class RemoveCommand : EachOperandCommand
{
    private bool _force;

    internal override string Name => "snapshot rm";

    internal override string Usage => "[OPTIONS] SNAPSHOT [SNAPSHOT...]";

    internal override string Summary => "Remove one or more snapshots";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Of one that is in use, remove the name; the rest goes with 'fastrun gc' when nothing uses it", value => _force = value),
    ];

    /// <inheritdoc/>
    protected override void Apply(CommandContext context, string name)
    {
        new ManageSnapshots(context.RequireLayout()).Remove(name, _force);
        context.Output.WriteLine(name);
    }
}
