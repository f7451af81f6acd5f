using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun attach</c>.</summary>
internal sealed class AttachCommand : Command
{
    private bool _noStdin;
    private bool _signals = true;
    private DetachKeys _detachKeys = DetachKeys.Default;

    internal override string Name => "attach";

    internal override string Usage => "[OPTIONS] CONTAINER";

    internal override string Summary => "Attach the caller's standard input, output, and error to a running container";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("no-stdin", '\0', "Do not attach standard input", value => _noStdin = value),
        Option.Switch("sig-proxy", '\0', "Pass signals on to the container", value => _signals = value),
        new("detach-keys", '\0', "string", "The keys that leave the container running, for example ctrl-p,ctrl-q", value => _detachKeys = DetachKeys.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        bool stdin = !_noStdin && container.Record.Request.OpenStdin;
        AttachStreams streams = AttachStreams.Stdout | AttachStreams.Stderr | (stdin ? AttachStreams.Stdin : AttachStreams.None);
        using AttachClient client = new AttachToContainer(layout).Attach(container, streams);
        return Attachment.ExitCode(client.Stream(stdin, _signals, _detachKeys), client);
    }
}
