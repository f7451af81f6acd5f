using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>An image that was damaged and is whole again.</summary>
/// <param name="Damage">What was wrong.</param>
/// <param name="Source">The name with a digest by which it was pulled.</param>
public sealed record RepairedImage(StoreDamage Damage, string Source);
