using FastRun.Native.Cgroups;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>A limit on the traffic with a block device, Docker's <c>--device-read-bps PATH:RATE</c> and its kin.</summary>
/// <param name="Path">The device on the host.</param>
/// <param name="Kind">What is counted.</param>
/// <param name="PerSecond">Bytes or operations in a second; 0 for no limit.</param>
public sealed record BlockDeviceRate(string Path, BlockRateKind Kind, long PerSecond);
