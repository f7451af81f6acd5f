namespace FastRun.Engine.Build;

/// <summary>One <c>--output</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Destination">A directory or file; <c>-</c> for standard output; null for an image on this machine.</param>
/// <param name="Push">Whether the image is pushed under its names.</param>
public sealed record BuildOutput(BuildOutputKind Kind, string? Destination = null, bool Push = false)
{
    /// <summary>Whether no file of the layers that the build makes is younger than <c>SOURCE_DATE_EPOCH</c>.</summary>
    public bool RewritesTimes { get; init; }
}
