using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun kill</c>.</summary>
internal sealed class KillCommand : ContainersCommand
{
    private string _signal = "KILL";

    internal override string Name => "kill";

    internal override string Summary => "Kill one or more running containers";

    internal override Option[] BuildOptions() =>
    [
        new("signal", 's', "string", "Signal to send (default KILL)", value => _signal = value),
    ];

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new StopContainer(context.RequireLayout()).Kill(container, _signal);
        return name;
    }
}
