using FastRun.Native.Filesystem;

namespace FastRun.Native.Cgroups;

/// <summary>A relative block I/O weight for one device.</summary>
/// <param name="Device">The device, a whole disk.</param>
/// <param name="Weight">10 to 1000.</param>
public sealed record BlockDeviceWeight(DeviceNumber Device, int Weight);
