namespace FastRun.Engine.Containers.Syntax;

/// <summary>A relative I/O weight for a block device, Docker's <c>--blkio-weight-device PATH:WEIGHT</c>.</summary>
/// <param name="Path">The device on the host.</param>
/// <param name="Weight">10 to 1000; 0 for none.</param>
public sealed record BlockDevicePriority(string Path, int Weight);
