using FastRun.Engine.Build.Graph;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>A step of this build, for those who exchange it.</summary>
/// <param name="Step">What it has come to.</param>
/// <param name="IsInImage">Whether it belongs to the image, or to a stage that the image only takes files from.</param>
internal sealed record BuiltStep(StepOutcome Step, bool IsInImage);
