using System;

namespace FastRun.Cli.Output.Progress;

/// <summary>How one layer stands at a moment.</summary>
/// <param name="Id">What lines and messages call it.</param>
/// <param name="Status">What happens to it, in Docker's words where it has them.</param>
/// <param name="Kind">Whether it moves.</param>
/// <param name="Current">Bytes that are done.</param>
/// <param name="Total">Bytes to do.</param>
/// <param name="Elapsed">Since they began.</param>
internal sealed record ProgressLine(string Id, string Status, ProgressKind Kind, long Current, long Total, TimeSpan Elapsed);
