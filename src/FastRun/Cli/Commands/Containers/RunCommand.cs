using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Reports;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun run</c>: create, start, and stay with it unless told otherwise.</summary>
internal sealed class RunCommand : Command
{
    private readonly CreateOptions _create = new();
    private readonly CidFile _cidFile = new();
    private readonly ReportOptions _report = new();
    private readonly AttachOption _attach = new();
    private bool _detach;
    private bool _signals = true;
    private DetachKeys _detachKeys = DetachKeys.Default;

    internal override string Name => "run";

    internal override string Usage => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    internal override string Summary => "Create and run a new container from an image";

    internal override bool Interspersed => false;

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override int ExitCode(ErrorKind kind) => ExitCodes.OfRun(kind);

    internal override Option[] BuildOptions() =>
    [
        .. _create.Build(),
        _cidFile.Option(),
        .. _report.Build(),
        _attach.Build(),
        Option.Switch("detach", 'd', "Leave it running in the background and print its id", value => _detach = value),
        Option.Switch("sig-proxy", '\0', "Pass signals on to the container", value => _signals = value),
        new("detach-keys", '\0', "string", "The keys that leave the container running, for example ctrl-p,ctrl-q", value => _detachKeys = DetachKeys.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        ContainerCreateRequest request = _report.ApplyTo(_create.Request(operands));
        RunOptions options = _report.ApplyTo(_create.RunOptions(context.Output));
        if (_attach.IsGiven && _detach)
        {
            throw new UsageException("conflicting options: cannot specify both --attach and --detach");
        }

        AttachStreams streams = _detach ? AttachStreams.None : _attach.StreamsOf(request);
        _cidFile.RequireFree();
        if (request.AutoRemove && !_detach && !_attach.IsGiven && !_cidFile.IsWanted)
        {
            return new RunContainer(layout).Run(request, options);
        }

        Container? container = null;
        using AttachClient? client = TracedStart.Run(options, request.Image, (traced, ended) =>
        {
            container = new CreateContainer(layout).Create(
                AttachOption.Note(request, streams), traced, starting: true);
            ended("create");
            _cidFile.Write(container.Id);
            AttachClient? started = new StartContainer(layout).Start(container, streams);
            foreach (string warning in started?.Warnings ?? [])
            {
                traced.Diagnostics($"WARNING: {warning}\n");
            }

            ended("start");
            return started;
        });
        if (_detach)
        {
            context.Output.WriteLine(container!.Id);
            return 0;
        }

        // As Docker: who is given no output is done when the input is.
        bool onlyStdin = streams == AttachStreams.Stdin;
        if (onlyStdin)
        {
            context.Output.WriteLine(container!.Id);
            context.Output.Flush();
        }

        return client is null
            ? 0
            : Attachment.ExitCode(client.Stream(request.OpenStdin && streams.HasFlag(AttachStreams.Stdin), _signals, _detachKeys, leaveWithInput: onlyStdin), client);
    }
}
