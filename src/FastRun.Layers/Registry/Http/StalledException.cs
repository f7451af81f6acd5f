using System.IO;

namespace FastRun.Layers.Registry.Http;

/// <summary>So little came for so long that nothing is expected any more.</summary>
/// <param name="what">How little.</param>
internal sealed class StalledException(string what) : IOException("stalled: " + what);
