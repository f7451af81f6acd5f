using FastRun.Cli.Options;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume rm</c>.</summary>
internal sealed class RemoveCommand : EachOperandCommand
{
    private bool _force;

    internal override string Name => "volume rm";

    internal override string Usage => "[OPTIONS] VOLUME [VOLUME...]";

    internal override string Summary => "Remove one or more volumes";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Do not fail where there is none", value => _force = value),
    ];

    /// <inheritdoc/>
    protected override void Apply(CommandContext context, string name)
    {
        new ManageVolumes(context.RequireLayout()).Remove(name, _force);
        context.Output.WriteLine(name);
    }
}
