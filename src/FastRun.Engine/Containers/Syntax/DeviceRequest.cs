namespace FastRun.Engine.Containers.Syntax;

/// <summary>A device to pass through, Docker's <c>--device host[:container][:rwm]</c>.</summary>
/// <param name="PathOnHost">An absolute path on the host; a directory means all devices in it.</param>
/// <param name="PathInContainer">An absolute path in the container.</param>
/// <param name="Permissions">A subset of <c>rwm</c>.</param>
public sealed record DeviceRequest(string PathOnHost, string PathInContainer, string Permissions);
