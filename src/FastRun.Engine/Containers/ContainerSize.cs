namespace FastRun.Engine.Containers;

/// <summary>What a container occupies, in bytes.</summary>
/// <param name="Writable">The files that it made or changed.</param>
/// <param name="Virtual">These and its image.</param>
public readonly record struct ContainerSize(long Writable, long Virtual);
