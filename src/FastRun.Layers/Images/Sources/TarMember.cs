namespace FastRun.Layers.Images.Sources;

/// <summary>A file in a tar.</summary>
/// <param name="Offset">Where its content starts.</param>
/// <param name="Size">How long it is.</param>
/// <param name="LinkTarget">For a link: the name that it means, from the archive's root; otherwise null.</param>
internal readonly record struct TarMember(long Offset, long Size, string? LinkTarget);
