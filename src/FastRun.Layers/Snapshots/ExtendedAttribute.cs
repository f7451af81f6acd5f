namespace FastRun.Layers.Snapshots;

/// <summary>An extended attribute that an entry carries.</summary>
/// <param name="Name">With its namespace, for example <c>security.capability</c>.</param>
/// <param name="Value">Any bytes.</param>
public readonly record struct ExtendedAttribute(string Name, byte[] Value);
