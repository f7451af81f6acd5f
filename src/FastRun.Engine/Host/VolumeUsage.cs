using FastRun.Engine.Volumes;

namespace FastRun.Engine.Host;

/// <summary>What one volume holds.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Size">Bytes of its files.</param>
/// <param name="Users">How many containers need it, running or not.</param>
public sealed record VolumeUsage(VolumeSummary Volume, long Size, int Users);
