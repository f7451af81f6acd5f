namespace FastRun.Engine.Containers.Inspection;

/// <summary>A device that is passed through (Engine API, DeviceMapping).</summary>
/// <param name="PathOnHost">The device.</param>
/// <param name="PathInContainer">Where the container has it.</param>
/// <param name="CgroupPermissions">What may be done with it.</param>
public sealed record InspectedDevice(string PathOnHost, string PathInContainer, string CgroupPermissions);
