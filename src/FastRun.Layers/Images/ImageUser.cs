namespace FastRun.Layers.Images;

/// <summary>Who needs an image.</summary>
/// <param name="ContainerId">The container's id.</param>
/// <param name="IsRunning">Whether it runs.</param>
/// <param name="Fault">Why nobody can tell whether it needs this image; null where it does.</param>
public sealed record ImageUser(string ContainerId, bool IsRunning, string? Fault = null);
