using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun update</c>.</summary>
internal sealed class UpdateCommand : ContainersCommand
{
    // What of the limits can be changed later, as in Docker.
    private static readonly string[] s_changeable =
    [
        "blkio-weight", "cpu-period", "cpu-quota", "cpu-shares", "cpus", "cpuset-cpus", "cpuset-mems", "memory",
        "memory-reservation", "memory-swap", "pids-limit",
    ];

    private readonly LimitOptions _limits = new();
    private ContainerUpdate _update = new(new(), null);

    internal override string Name => "update";

    internal override string Summary => "Update configuration of one or more containers";

    internal override string Details => """
        Limits of a container that runs change at once. A container that runs without a limit gets one only where cgroup v2 has the
        controller; else it must be stopped first.
        """;

    internal override Option[] BuildOptions() =>
    [
        .. Array.FindAll(_limits.Build(), static option => Array.IndexOf(s_changeable, option.Name) >= 0),
        new("restart", '\0', "string", "When it is started again: no, on-failure[:max-retries], always, unless-stopped", value => _update = _update with { RestartPolicy = LifecycleOptions.ParseRestart(value) }),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        _update = _update with { Limits = _limits.ApplyTo(new ContainerCreateRequest { Image = "" }).Limits };
        return _update is { Limits.Any: false, RestartPolicy: null }
            ? throw new UsageException("you must provide one or more flags when using this command")
            : base.Run(context, operands);
    }

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new UpdateContainer(context.RequireLayout()).Update(container, _update);
        return name;
    }
}
