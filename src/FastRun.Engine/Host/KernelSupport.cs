using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec.Seccomp;

namespace FastRun.Engine.Host;

/// <summary>The kernels that sandboxes run on. It is looked at when something has failed, never before.</summary>
internal static class KernelSupport
{
    /// <summary>The first kernel with cgroup.kill, the newest of what has no fall-back (docs/architecture.md lists all).</summary>
    internal static KernelVersion Oldest { get; } = new(5, 14);

    /// <summary>The error for the user: on a kernel that is too old, that is the reason for whatever it cannot do.</summary>
    internal static EngineException Explain(EngineException exception) => Explain(exception, KernelVersion.OfThisHost);

    /// <summary>The same for a given kernel.</summary>
    internal static EngineException Explain(EngineException exception, KernelVersion kernel) =>
        kernel < Oldest && exception.Kind is (ErrorKind.Internal or ErrorKind.Unsupported)
            ? new EngineException(
                ErrorKind.Unsupported,
                $"this kernel, Linux {kernel}, is too old: {exception.Message}",
                exception,
                $"sandboxes need Linux {Oldest} or newer")
            : exception;
}
