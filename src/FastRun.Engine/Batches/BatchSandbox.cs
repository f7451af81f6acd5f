using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Batches;

/// <summary>
/// One command of a batch: this very program as a process of its own, which runs the sandbox as <c>exec</c> does. It has the batch's environment
/// and working directory; when the batch is killed it ends its sandbox.
/// </summary>
public static class BatchSandbox
{
    /// <summary>The command by which the program knows that it is one. No user types it.</summary>
    public const string Command = "batch-sandbox";

    private const int PR_SET_PDEATHSIG = 1;
    private const int SIGTERM = 15;
    private const int LargestRequest = 8 << 20;

    /// <summary>Starts one.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">A file with the request that all share.</param>
    /// <param name="report">Where its report goes; null for none.</param>
    /// <param name="command">Its command line.</param>
    /// <param name="output">Its standard output.</param>
    /// <param name="errors">Its standard error.</param>
    /// <exception cref="SyscallException">It cannot be started.</exception>
    internal static ChildProcess Start(StateLayout layout, Fd request, Fd? report, IReadOnlyList<string> command, Fd output, Fd errors)
    {
        string[] arguments =
        [
            "fastrun", "--data-root", layout.DataRoot, "--run-root", layout.RunRoot,
            Command, Text(request.Number), Text(report?.Number ?? 0), .. command,
        ];
        using Fd nullDevice = FileAt.Open(null, "/dev/null", OpenFlags.Read);
        using LaunchTape tape = new();
        tape.Prctl(PR_SET_PDEATHSIG, SIGTERM);
        tape.Duplicate(nullDevice, 0);
        tape.Duplicate(output, 1);
        tape.Duplicate(errors, 2);
        tape.CloseOnExecFrom(3);
        tape.KeepOnExec(request);
        if (report is not null)
        {
            tape.KeepOnExec(report);
        }

        tape.ResetSignalActions();
        tape.UnblockSignals();
        Slot executed = tape.NewSlot();
        tape.TryExecute("/proc/self/exe", tape.TextArray(arguments), tape.TextArray(ProgramRun.CallersEnvironment()), executed);
        tape.Exit(127);
        ChildProcess child = ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport launched);
        if (!launched.Failed && launched.Position != tape.Count - 1)
        {
            return child;
        }

        using (child)
        {
            child.Wait();
        }

        throw new SyscallException("execve", launched.Failed ? launched.Error : (Errno)(-tape.ResultOf(executed)), "/proc/self/exe");
    }

    /// <summary>Is one. A signal ends it, whatever its command makes of it, and what it has is put away first.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">The file with the request, which others read at the same time.</param>
    /// <param name="report">Where its report goes; null for none.</param>
    /// <param name="command">Its command line.</param>
    /// <param name="options">How it tells what happens beside its command.</param>
    /// <exception cref="Errors.EngineException">It cannot be run.</exception>
    public static int Run(StateLayout layout, Fd request, Fd? report, IReadOnlyList<string> command, RunOptions options)
    {
        // By its name in /proc it has a position of its own.
        using Fd own = FileAt.Open(null, "/proc/self/fd/" + Text(request.Number), OpenFlags.Read);
        ContainerCreateRequest sandbox = CreateRequestJson.Decode(FileContent.ReadAll(own, LargestRequest)) with { Command = command };
        return new RunContainer(layout).Run(sandbox, options with { ReportTo = report, EndsAtSignals = true });
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
