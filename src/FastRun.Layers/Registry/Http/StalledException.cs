using System.IO;

namespace FastRun.Layers.Registry.Http;

/// <summary>Nothing came for so long that nothing is expected any more.</summary>
internal sealed class StalledException() : IOException("stalled");
