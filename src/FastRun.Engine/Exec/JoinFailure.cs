using System;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Exec;

/// <summary>Tells why a process did not come to join a container.</summary>
internal static class JoinFailure
{
    /// <summary>Throws unless the child went on to the init.</summary>
    /// <exception cref="EngineException">It did not.</exception>
    internal static void ThrowIfFailed(JoinTarget target, JoinPlan plan, LaunchTape tape, in ChildReport report)
    {
        if (report.Failed)
        {
            throw report.Error == Errno.ESRCH || !target.IsAlive ? target.NotRunning() : Step(plan, tape, report);
        }
    }

    /// <summary>Throws if the init could not become the command.</summary>
    /// <param name="request">What it was to become.</param>
    /// <param name="report">Where it tells: four bytes, or the end.</param>
    /// <exception cref="EngineException">It could not.</exception>
    internal static void ThrowIfNotExecuted(ExecRequest request, Fd report)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        if (Pipe.TryRead(report, bytes) == sizeof(int))
        {
            throw LaunchFailure.NotExecuted(request.Command[0], (Errno)BitConverter.ToInt32(bytes));
        }
    }

    /// <summary>The child could not be made at all.</summary>
    internal static EngineException NotStarted(JoinTarget target, SyscallException exception) =>
        target.IsAlive ? EngineErrors.Translate(exception)! : target.NotRunning();

    private static EngineException Step(JoinPlan plan, LaunchTape tape, in ChildReport report)
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
