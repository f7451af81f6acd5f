using System.Collections.Generic;

namespace FastRun.Layers.Images;

/// <summary>What a removal did.</summary>
/// <param name="Untagged">The names that are gone, as users write them.</param>
/// <param name="Deleted">The ids of the images that are gone.</param>
/// <param name="ImageId">The id of the image that the names were of; empty where it is not known.</param>
public sealed record ImageRemoval(IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted, string ImageId);
