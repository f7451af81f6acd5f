using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Tape;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Exec;

/// <summary>Tells from a child's report why it did not come to join a container.</summary>
internal static class JoinFailure
{
    /// <summary>The init could not make a process.</summary>
    internal static EngineException NotForked(Errno errno) => errno switch
    {
        Errno.EAGAIN => new EngineException(
            ErrorKind.CommandNotExecutable, "joining the container: it has as many processes as it may have (--pids-limit)"),
        Errno.None => new EngineException(ErrorKind.CommandNotExecutable, "joining the container: the init was killed"),
        _ => new EngineException(
            ErrorKind.CommandNotExecutable,
            $"joining the container: clone: {errno.Describe()}",
            hint: errno == Errno.EPERM ? "the container's seccomp profile forbids it" : null),
    };

    /// <summary>The failure of a system call on the tape.</summary>
    internal static EngineException Of(JoinPlan plan, LaunchTape tape, in ChildReport report)
    {
        string why = report.Error.Describe();
        string call = TapePrinter.Describe(tape, report.Position);
        return (LaunchStep)tape.MarkOf(report.Position) switch
        {
            LaunchStep.WorkingDirectory => new EngineException(
                report.Error == Errno.ENOENT ? ErrorKind.CommandNotFound : ErrorKind.CommandNotExecutable,
                $"working directory {plan.WorkingDirectory}: {why}"),
            LaunchStep.StandardDescriptors => new EngineException(
                ErrorKind.CommandNotExecutable, $"/dev/null in the container: {call}: {why}"),
            LaunchStep.ResourceLimits => new EngineException(ErrorKind.PermissionDenied, $"ulimit: {call}: {why}"),
            _ => new EngineException(
                report.Error is Errno.EPERM or Errno.EACCES ? ErrorKind.PermissionDenied : ErrorKind.Internal,
                $"joining the container: {call}: {why}"),
        };
    }
}
