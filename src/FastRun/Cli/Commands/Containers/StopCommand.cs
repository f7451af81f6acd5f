using System;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun stop</c>.</summary>
internal sealed class StopCommand : ContainersCommand
{
    private string? _signal;
    private int? _seconds;

    internal override string Name => "stop";

    internal override string Summary => "Stop one or more running containers";

    internal override string Details => """
        A container whose first process has no handler for the signal is ended at once: the kernel would keep the signal from it.
        """;

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
        new StopContainer(context.RequireLayout()).Stop(container, _signal, _seconds);
        return name;
    }
}
