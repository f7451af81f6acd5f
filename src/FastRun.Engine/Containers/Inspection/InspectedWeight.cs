namespace FastRun.Engine.Containers.Inspection;

/// <summary>The relative I/O weight of a device (Engine API, WeightDevice).</summary>
/// <param name="Path">The device.</param>
/// <param name="Weight">10 to 1000.</param>
public sealed record InspectedWeight(string Path, int Weight);
