namespace FastRun.Layers.Snapshots;

/// <summary>A file or directory that a later entry replaced; its bytes are kept outside the tree.</summary>
/// <param name="Before">Contents that the tar-index refers to before this number are meant.</param>
/// <param name="Path">Where it was in the tree.</param>
/// <param name="Kept">Its name in <c>kept/</c>.</param>
internal sealed record Relocation(int Before, string Path, string Kept);
