using FastRun.Engine.Build.Ignore;
using FastRun.Native;

namespace FastRun.Engine.Build.Files;

/// <summary>Where files of COPY, ADD or a bind mount come from: a context, a stage, an image.</summary>
/// <param name="Root">The directory in which sources are resolved; no link leads out of it. Stays the caller's.</param>
/// <param name="Ignore">What of it does not exist for the build.</param>
/// <param name="KeepsOwners">Whether owners count (a stage, an image) or all belongs to root (what comes from a user's directory).</param>
internal sealed record FileOrigin(Fd Root, IgnorePatterns Ignore, bool KeepsOwners)
{
    /// <summary>Whether the next build finds the same files there: a directory of the user's, and not what was fetched for this build.</summary>
    internal bool IsLasting { get; init; }
}
