using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What a collection removed.</summary>
/// <param name="DroppedImages">Images that could not be used any more, each as one line of name and reason.</param>
/// <param name="Layers">Layers and abandoned directories.</param>
/// <param name="Documents">Manifests and configs that no image uses.</param>
/// <param name="IsPartial">Layers and documents were left, because images are being brought.</param>
public sealed record GarbageReport(IReadOnlyList<string> DroppedImages, int Layers, int Documents, bool IsPartial);
