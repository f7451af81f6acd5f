namespace FastRun.Layers.Archives;

/// <summary>One difference between a container's files and its image's.</summary>
/// <param name="Kind">What has happened.</param>
/// <param name="Path">Absolute; control characters and bytes that are no UTF-8 as <c>%XX</c>.</param>
public readonly record struct TreeChange(TreeChangeKind Kind, string Path);
