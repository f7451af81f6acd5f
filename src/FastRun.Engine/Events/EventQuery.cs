using System;

namespace FastRun.Engine.Events;

/// <summary>Which events are wanted (Engine API, SystemEvents).</summary>
/// <param name="Since">Only those at this time or later; null for none that are past, unless <paramref name="Until"/> is given.</param>
/// <param name="Until">Only those until this time, at which the stream ends; null for ever.</param>
/// <param name="Filter">Which of them.</param>
public sealed record EventQuery(DateTimeOffset? Since, DateTimeOffset? Until, EventFilter Filter);
