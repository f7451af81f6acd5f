using System;
using System.Collections.Generic;

namespace FastRun.Engine.Batches;

/// <summary>What a batch came to.</summary>
/// <param name="Results">What each command came to, in the order in which they ended; their files are closed.</param>
/// <param name="Skipped">How many commands were known and not started.</param>
/// <param name="Signal">The signal that ended the batch; 0 for none.</param>
/// <param name="Wall">How long all of it took.</param>
/// <param name="Failures">What else failed: files that could not be written.</param>
public sealed record BatchOutcome(
    IReadOnlyList<BatchResult> Results, int Skipped, int Signal, TimeSpan Wall, IReadOnlyList<string> Failures);
