using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Batches;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Exec;
using FastRun.Engine.Supervision;
using FastRun.Native;

namespace FastRun.Cli.Commands.Containers;

/// <summary>
/// <c>fastrun exec IMAGE -- COMMAND</c>, the one-shot sandbox, and Docker's <c>exec CONTAINER COMMAND</c>. The words tell them
/// apart: a sandbox has <c>--</c> behind its first operand.
/// </summary>
internal sealed class ExecCommand : Command
{
    private readonly SandboxOptions _sandbox = new();
    private readonly WorkspaceOptions _workspace = new();
    private readonly ReportOptions _report = new();
    private readonly BatchOptions _batch = new();
    private TimeSpan? _timeout;
    private bool _timings;
    private bool _explain;
    private bool _inContainer;
    private bool _detach;
    private DetachKeys? _detachKeys;
    private Option[] _ofContainer = [];
    private Option[] _ofSandbox = [];

    internal override string Name => "exec";

    internal override string Usage => "[OPTIONS] CONTAINER COMMAND [ARG...] | [OPTIONS] IMAGE -- [COMMAND] [ARG...] | [OPTIONS] IMAGE --each FILE [-- COMMAND [ARG...]]";

    internal override string Summary => "Run a command in a running container, or (with --) in a sandbox made from an image";

    internal override string Details => """
        CONTAINER is the name or id of a container that runs. The command has the container's environment, user, working
        directory and rights, and ends with the container, or (without --detach) when fastrun does. --env, --env-file, --workdir, --user,
        --interactive, --tty, --privileged, --detach and --detach-keys apply.

        With '--' behind it, the first operand is an image, from which a sandbox is made and removed when the command ends.
        IMAGE is 'host' for this machine's own root file system, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE,
        or the name of an image, which is pulled from its registry if it is not here. Without COMMAND the image's own runs. The current directory is mounted at
        its own path and is the working directory; the network is 'none'.

        With --each there is a sandbox for each line of a file, which /bin/sh runs; or COMMAND does, with the line in the place of {}, or
        behind its last word. What each prints comes in one piece when it has ended; what all came to is summed up on standard error, and the exit code is 1 if
        any failed. --each, --parallel, --fail-fast, --junit and --report may stand behind IMAGE.
        """;

    internal override bool Interspersed => false;

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override int ExitCode(ErrorKind kind) => _inContainer ? ExitCodes.OfJoin(kind) : ExitCodes.OfRun(kind);

    internal override Option[] BuildOptions()
    {
        _ofContainer =
        [
            Option.Switch("detach", 'd', "Leave it running in the background of the container", value => _detach = value),
            new("detach-keys", '\0', "string", "The keys that leave it running, with -it; for example ctrl-p,ctrl-q", value => _detachKeys = DetachKeys.Parse(value)),
        ];
        _ofSandbox =
        [
            .. _sandbox.BuildOfCreating(),
            .. _workspace.Build(),
            .. _report.Build(),
            .. _batch.Build(),
            new("timeout", '\0', "duration", "End it after this time, for example 10m: SIGTERM, then cgroup.kill; the exit code is 124", value => _timeout = GoDuration.Parse(value)),
            Option.Switch("timings", '\0', "Afterwards, print to standard error where the time went", value => _timings = value),
            Option.Switch("explain", '\0', "Print the launch tape, as strace would, instead of running it", value => _explain = value),
            Option.Switch("rm", '\0', "Remove the sandbox when it ends; always so, and here for those who come from 'run --rm'", KeepIsRefused),
        ];
        return [.. _sandbox.BuildOfJoining(), .. _ofContainer, .. _ofSandbox];
    }

    internal override int Run(CommandContext context, List<string> operands)
    {
        operands = TakeFlagsBehind(operands);
        if (_batch.IsWanted)
        {
            return RunBatch(context, operands);
        }

        _batch.RequireLines();
        if (operands.Count < 2)
        {
            throw new UsageException("requires at least 2 arguments: CONTAINER COMMAND, or IMAGE -- COMMAND");
        }

        return operands[1] == "--" ? RunSandbox(context, operands) : RunInContainer(context, operands);
    }

    /// <summary>As <c>exec NAME --parallel 4 --each FILE</c> reads best, these flags may stand behind the image.</summary>
    private List<string> TakeFlagsBehind(List<string> operands)
    {
        if (operands.Count < 2 || !(_batch.Has(operands[1]) || (_batch.IsWanted && operands[1] != "--")))
        {
            return operands;
        }

        List<string> words = operands.GetRange(1, operands.Count - 1);
        int command = words.IndexOf("--");
        List<string> flags = command < 0 ? words : words.GetRange(0, command);
        List<string> rest = [];
        new OptionParser([.. _batch.Options, .. _report.Options]).Parse(flags.ToArray(), interspersed: false, rest);
        return rest.Count == 0
            ? [operands[0], .. words.GetRange(flags.Count, words.Count - flags.Count)]
            : throw new UsageException($"unexpected argument: {rest[0]}: the command stands behind '--'");
    }

    private int RunBatch(CommandContext context, List<string> operands)
    {
        RefuseThoseOfContainers();
        if (_timings || _explain)
        {
            throw new UsageException("--timings and --explain are for one command");
        }

        BatchRequest request = _batch.Request(Request([operands[0], "--"]), operands.Count > 2 ? operands.GetRange(2, operands.Count - 2) : []);
        (Fd input, string subject) = _batch.Open();
        using (input)
        {
            BatchOutcome outcome = Engine.Batches.RunBatch.Run(
                context.RequireLayout(), request, input, subject, _sandbox.RunOptions(context.Output), BatchOutput.Print);
            foreach (string failure in outcome.Failures)
            {
                ErrorReport.Failure(failure);
            }

            ErrorReport.Write(BatchOutput.Summary(outcome, request.Parallel));
            return outcome.Signal > 0 ? ExitCodes.OfSignal(outcome.Signal) : BatchOutput.HasFailed(outcome) ? ExitCodes.Failure : 0;
        }
    }

    private int RunSandbox(CommandContext context, List<string> operands)
    {
        RefuseThoseOfContainers();
        ContainerCreateRequest request = Request(operands);
        RunOptions options = _report.ApplyTo(_sandbox.RunOptions(context.Output, _timings, _explain));
        return new RunContainer(context.RequireLayout()).Run(request, options);
    }

    private void RefuseThoseOfContainers()
    {
        foreach (Option option in _ofContainer)
        {
            if (option.IsGiven)
            {
                throw new UsageException($"--{option.Name} is for a container that runs: fastrun exec CONTAINER COMMAND");
            }
        }
    }

    private int RunInContainer(CommandContext context, List<string> operands)
    {
        foreach (Option option in _ofSandbox)
        {
            if (option.IsGiven && option.Name != "privileged")
            {
                throw new UsageException($"--{option.Name} is for a sandbox, which needs '--' behind its image: fastrun exec IMAGE -- COMMAND");
            }
        }

        _inContainer = true;
        ExecRequest request = _sandbox.JoiningRequest(operands.GetRange(1, operands.Count - 1));
        ExecInContainer exec = new(context.RequireLayout());
        if (!_detach)
        {
            return exec.Run(operands[0], request, _detachKeys, ErrorReport.Write);
        }

        exec.Start(operands[0], request);
        return 0;
    }

    /// <summary>What the flags and operands ask for.</summary>
    internal ContainerCreateRequest Request(List<string> operands)
    {
        var request = new ContainerCreateRequest
        {
            Image = operands[0],
            Command = operands.Count > 2 ? operands.GetRange(2, operands.Count - 2) : null,
            Timeout = _timeout,
        };
        request = _sandbox.ApplyTo(request);
        request = _workspace.ApplyTo(request);
        return _report.ApplyTo(request);
    }

    private static void KeepIsRefused(bool remove)
    {
        if (!remove)
        {
            throw EngineException.Invalid("a sandbox is always removed when it ends");
        }
    }
}
