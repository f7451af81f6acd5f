using FastRun.Engine.Build.Context;

namespace FastRun.Engine.Build.Graph;

/// <summary>What <c>--from</c> or <c>from=</c> names: a stage or an image, or a context of files.</summary>
/// <param name="State">The stage or image; null for a context.</param>
/// <param name="Context">The context; null for the others.</param>
internal sealed record BuildSource(BuildState? State, BuildContext? Context);
