using FastRun.Native;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>A detached mount and where the child attaches it.</summary>
/// <param name="Mount">The mount, owned by the plan's resources.</param>
/// <param name="Target">The absolute path in the container, resolved in its root by the child.</param>
internal sealed record PlannedMount(Fd Mount, string Target);
