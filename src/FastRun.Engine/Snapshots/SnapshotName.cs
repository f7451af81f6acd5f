using FastRun.Engine.Errors;
using FastRun.Layers.References;

namespace FastRun.Engine.Snapshots;

/// <summary>A snapshot's name as users write it: <c>NAME</c> or <c>snapshot:NAME</c>.</summary>
internal static class SnapshotName
{
    private const string Prefix = "snapshot:";

    /// <exception cref="EngineException">No snapshot can have it.</exception>
    internal static ImageReference Parse(string text) => EngineErrors.Translated(() =>
        ImageLocation.ParseSnapshot(text.StartsWith(Prefix, System.StringComparison.Ordinal) ? text[Prefix.Length..] : text));
}
