using FastRun.Engine.Launch;
using FastRun.Native;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Exec;

/// <summary>Everything that is decided about a process that joins a container.</summary>
internal sealed class JoinPlan : ProcessPlan
{
    /// <summary>A pidfd of the container's first process, whose namespaces are entered.</summary>
    internal required Fd Container { get; init; }

    /// <summary>The container's groups.</summary>
    internal required CgroupEntry Cgroup { get; init; }
}
