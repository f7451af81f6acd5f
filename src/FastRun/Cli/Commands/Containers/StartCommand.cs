using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun start</c>.</summary>
internal sealed class StartCommand : ContainersCommand
{
    private bool _attach;
    private bool _interactive;
    private bool _signals = true;
    private DetachKeys _detachKeys = DetachKeys.Default;

    internal override string Name => "start";

    internal override string Summary => "Start one or more stopped containers";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("attach", 'a', "Attach its output and pass signals on", value => _attach = value),
        Option.Switch("interactive", 'i', "Attach its standard input", value => _interactive = value),
        Option.Switch("sig-proxy", '\0', "With --attach: pass signals on to the container", value => _signals = value),
        new("detach-keys", '\0', "string", "The keys that leave the container running, for example ctrl-p,ctrl-q", value => _detachKeys = DetachKeys.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (!_attach && !_interactive)
        {
            return base.Run(context, operands);
        }

        if (operands.Count > 1)
        {
            throw new UsageException("you cannot start and attach multiple containers at once");
        }

        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        bool stdin = _interactive && container.Record.Request.OpenStdin;
        AttachStreams streams = AttachStreams.Stdout | AttachStreams.Stderr | (stdin ? AttachStreams.Stdin : AttachStreams.None);
        using AttachClient client = new StartContainer(layout).Start(container, streams)
            ?? new AttachToContainer(layout).Attach(container, streams);
        ErrorReport.Warn(client.Warnings);
        return Attachment.ExitCode(client.Stream(stdin, _signals, _detachKeys), client);
    }

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        using AttachClient? client = new StartContainer(context.RequireLayout()).Start(container, AttachStreams.None);
        ErrorReport.Warn(client?.Warnings ?? []);
        return name;
    }
}
