using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Snapshots;

namespace FastRun.Cli.Commands.Snapshots;

/// <summary><c>fastrun snapshot create</c>.</summary>
internal sealed class CreateCommand : Command
{
    private readonly SandboxOptions _sandbox = new();
    private readonly WorkspaceOptions _workspace = new();
    private readonly ReportOptions _report = new();
    private readonly List<string> _changes = [];
    private readonly List<string> _includes = [];
    private string? _from;
    private string _message = "";
    private TimeSpan? _timeout;
    private bool _timings;
    private bool _force;

    internal override string Name => "snapshot create";

    internal override string Usage => "[OPTIONS] NAME --from IMAGE -- COMMAND [ARG...]";

    internal override string Summary => "Run a command and keep what it wrote, for others to begin with";

    internal override string Details => """
        IMAGE is what 'exec' takes: an image, 'host', or another snapshot. The command runs as 'exec' runs it; when it succeeds, what it wrote
        to its root file system becomes the snapshot, and a command that fails leaves nothing. 'fastrun exec NAME -- COMMAND' then runs on a
        copy-on-write fork of it, at once:

          fastrun snapshot create deps --from debian -- apt-get install -y make
          fastrun exec deps -- make test

        NAME is that of an image without a registry: NAME[:TAG]. The environment, user and working directory of the image hold for the snapshot, too, with the changes
        of --change; flags such as --env are for this command alone. What is in a tmpfs or a volume is part of the snapshot only with --include.
        """;

    internal override int LeastOperands => 2;

    internal override int MostOperands => Unlimited;

    internal override int ExitCode(ErrorKind kind) => ExitCodes.OfRun(kind);

    internal override Option[] BuildOptions() =>
    [
        new("from", '\0', "image", "What the snapshot begins with: an image, a snapshot, or 'host'", value => _from = value),
        new("include", '\0', "list", "Take the contents of this tmpfs or volume along: its path, or the volume's name", _includes.Add),
        new("change", '\0', "list", "Apply Dockerfile instruction to the snapshot, for example 'ENV A=1'", _changes.Add),
        new("message", '\0', "string", "Why it is made", value => _message = value),
        Option.Switch("force", 'f', "Replace a snapshot of this name", value => _force = value),
        .. _sandbox.BuildOfJoining(),
        .. _sandbox.BuildOfCreating(),
        .. _workspace.Build(),
        .. _report.Build(),
        new("timeout", '\0', "duration", "End it after this time, for example 10m: SIGTERM, then cgroup.kill; the exit code is 124", value => _timeout = GoDuration.Parse(value)),
        Option.Switch("timings", '\0', "Afterwards, print to standard error where the time went", value => _timings = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (string.IsNullOrEmpty(_from))
        {
            throw new UsageException("--from IMAGE is missing");
        }

        var sandbox = new ContainerCreateRequest
        {
            Image = _from,
            Command = operands.GetRange(1, operands.Count - 1),
            Timeout = _timeout,
        };
        sandbox = _report.ApplyTo(_workspace.ApplyTo(_sandbox.ApplyTo(sandbox)));
        var request = new SnapshotRequest(operands[0], sandbox)
        {
            Includes = _includes,
            Changes = _changes,
            Message = _message,
            Replace = _force,
        };
        return new CreateSnapshot(context.RequireLayout()).Run(request, _report.ApplyTo(_sandbox.RunOptions(context.Output, _timings)));
    }
}
