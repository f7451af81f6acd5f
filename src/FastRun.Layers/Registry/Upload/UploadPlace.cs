using System;

namespace FastRun.Layers.Registry.Upload;

/// <summary>An upload that a registry has begun.</summary>
/// <param name="Location">Where it goes on.</param>
/// <param name="Offset">How many bytes of the blob are there.</param>
internal sealed record UploadPlace(Uri Location, long Offset = 0);
