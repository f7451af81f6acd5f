using System;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun restart</c>.</summary>
internal sealed class RestartCommand : ContainersCommand
{
    private string? _signal;
    private int? _seconds;

    internal override string Name => "restart";

    internal override string Summary => "Restart one or more containers";

    internal override Option[] BuildOptions()
    {
        var timeout = new Option("timeout", 't', "int", "Seconds that it may take to end; -1 for as long as it likes", value => _seconds = (int)Math.Clamp(Values.Integer(value), -1, int.MaxValue));
        return
        [
            new("signal", 's', "string", "Signal that asks it to end", value => _signal = value),
            timeout,
            timeout.Alias("time"),
        ];
    }

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new RestartContainer(context.RequireLayout()).Restart(container, _signal, _seconds);
        return name;
    }
}
