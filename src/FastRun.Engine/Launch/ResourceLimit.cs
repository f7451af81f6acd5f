namespace FastRun.Engine.Launch;

/// <summary>One limit of prlimit(2).</summary>
/// <param name="Resource">The RLIMIT_* number.</param>
/// <param name="Soft">The soft limit.</param>
/// <param name="Hard">The hard limit.</param>
internal readonly record struct ResourceLimit(int Resource, ulong Soft, ulong Hard);
