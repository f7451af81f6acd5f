using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Tape;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch;

/// <summary>Tells from a child's report what went wrong, in words for the user.</summary>
internal static class LaunchFailure
{
    /// <summary>Throws unless the child became the command.</summary>
    /// <param name="plan">What was to be launched.</param>
    /// <param name="tape">The tape that the child walked.</param>
    /// <param name="report">How far it came.</param>
    /// <param name="firstCandidate">The slot of the first execve.</param>
    /// <exception cref="EngineException">The child failed.</exception>
    internal static void ThrowIfFailed(LaunchPlan plan, LaunchTape tape, in ChildReport report, Slot firstCandidate)
    {
        if (report.Failed)
        {
            throw Step(plan, tape, report);
        }

        if (plan.Init is null && report.Position == tape.Count - 1)
        {
            throw NotExecuted(plan, tape, firstCandidate);
        }
    }

    private static EngineException Step(LaunchPlan plan, LaunchTape tape, in ChildReport report)
    {
        int mark = tape.MarkOf(report.Position);
        string why = report.Error.Describe();
        if (mark >= (int)LaunchStep.FirstMount)
        {
            string target = plan.Mounts[mark - (int)LaunchStep.FirstMount].Target;
            return report.Error == Errno.ELOOP
                ? new EngineException(
                    ErrorKind.InvalidArgument,
                    $"{target} in the container: a mount namespace is mounted below its source, and the kernel binds no such tree",
                    hint: "leave out what is mounted below: --mount type=bind,...,bind-recursive=disabled")
                : new EngineException(ErrorKind.InvalidArgument, $"{target} in the container: cannot be mounted on: {why}");
        }

        string call = TapePrinter.Describe(tape, report.Position);
        return (LaunchStep)mark switch
        {
            LaunchStep.Root when report.Error == Errno.EINVAL && HostMountTable.TypeOfRoot() == "rootfs" => new EngineException(
                ErrorKind.Unsupported,
                "root file system: the machine's own root is the initial ramfs, which cannot be left by pivot_root",
                hint: "go on to another root first: switch_root(8)"),
            LaunchStep.WorkingDirectory => new EngineException(
                ErrorKind.InvalidArgument, $"working directory {plan.WorkingDirectory}: {why}"),
            LaunchStep.SystemMounts when report.Error is Errno.ENOTDIR or Errno.ELOOP => new EngineException(
                ErrorKind.CorruptContent, $"image: /proc, /sys and /dev must be directories: {call}: {why}"),
            LaunchStep.SharedNamespaces when report.Error == Errno.ESRCH => SharedNamespaces.Ended(),
            LaunchStep.Sysctls => new EngineException(ErrorKind.InvalidArgument, $"sysctl: {call}: {why}"),
            LaunchStep.ResourceLimits => new EngineException(ErrorKind.PermissionDenied, $"ulimit: {call}: {why}"),
            LaunchStep.OomScore => new EngineException(
                ErrorKind.PermissionDenied,
                $"oom score adjustment {plan.OomScoreAdjustment}: {why}",
                hint: "a value below that of the caller needs CAP_SYS_RESOURCE"),
            _ when report.Error is Errno.EPERM or Errno.EACCES => new EngineException(
                ErrorKind.PermissionDenied, $"launch: {call}: {why}"),
            _ => new EngineException(ErrorKind.Internal, $"launch: {call}: {why}"),
        };
    }

    /// <summary>Every candidate failed: the first one that is there but cannot be executed counts, as in execvp(3).</summary>
    private static EngineException NotExecuted(LaunchPlan plan, LaunchTape tape, Slot firstCandidate)
    {
        string file = plan.Arguments[0];
        Errno errno = Errno.ENOENT;
        for (int i = plan.Candidates.Count - 1; i >= 0; i--)
        {
            Errno candidate = (Errno)(-tape.ResultOf(new Slot(firstCandidate.Index + i)));
            errno = candidate is Errno.ENOENT or Errno.ENOTDIR ? errno : candidate;
        }

        return NotExecuted(file, errno);
    }

    /// <summary>The command could not be executed.</summary>
    /// <param name="file">Its argv[0].</param>
    /// <param name="errno">Why.</param>
    internal static EngineException NotExecuted(string file, Errno errno) =>
        errno == Errno.ENOENT
            ? new EngineException(
                ErrorKind.CommandNotFound,
                file.Contains('/', StringComparison.Ordinal)
                    ? $"exec: \"{file}\": no such file or directory"
                    : $"exec: \"{file}\": executable file not found in $PATH")
            : new EngineException(ErrorKind.CommandNotExecutable, $"exec: \"{file}\": {errno.Describe()}");
}
