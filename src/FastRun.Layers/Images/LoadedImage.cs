using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>An image that an archive brought.</summary>
/// <param name="Name">A name that it has now; null where the archive gives it none.</param>
/// <param name="Id">The image.</param>
/// <param name="Replaced">The image that had the name before; null where none had, or the same one.</param>
public sealed record LoadedImage(ImageReference? Name, Digest Id, Digest? Replaced);
