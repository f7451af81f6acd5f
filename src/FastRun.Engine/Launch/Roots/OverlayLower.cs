using System.Globalization;
using FastRun.Native;

namespace FastRun.Engine.Launch.Roots;

/// <summary>A lower directory of an overlay.</summary>
/// <param name="Mount">The detached mount that it lies in; null for the host's own tree.</param>
/// <param name="Path">Its absolute path in there.</param>
internal sealed record OverlayLower(Fd? Mount, string Path)
{
    /// <summary>A path that leads there from anywhere in this process.</summary>
    internal string Name => Mount is null
        ? Path
        : string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Mount.Number}{(Path == "/" ? "" : Path)}");

    /// <summary>A directory of the host's own tree.</summary>
    internal static OverlayLower OfHost(string path) => new(null, path);
}
