using System;

namespace FastRun.Engine.Build.Graph;

/// <summary>What a step has come to, done or found.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Layer">The layer that it made; null where it changed nothing.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Origins">The caches of others that it, or what it was made upon, came from.</param>
internal sealed record StepOutcome(string Key, StepLayer? Layer, DateTimeOffset CreatedAt, string Origins);
