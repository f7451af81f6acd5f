namespace FastRun.Engine.Containers.Inspection;

/// <summary>A limit on the traffic with a device (Engine API, ThrottleDevice).</summary>
/// <param name="Path">The device.</param>
/// <param name="Rate">Bytes or operations in a second.</param>
public sealed record InspectedRate(string Path, long Rate);
