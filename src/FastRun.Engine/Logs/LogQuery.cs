using System;

namespace FastRun.Engine.Logs;

/// <summary>Which entries of a log are wanted (Engine API, ContainerLogs).</summary>
/// <param name="Follow">Whether to wait for more until the container ends.</param>
/// <param name="Tail">How many of the last entries; null for all.</param>
/// <param name="Since">Only those at this time or later.</param>
/// <param name="Until">Only those at this time or earlier.</param>
public sealed record LogQuery(bool Follow = false, long? Tail = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null);
