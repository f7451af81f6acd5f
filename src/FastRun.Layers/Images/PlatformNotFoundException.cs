using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>The image exists, but not for the platform asked for. The message lists what there is.</summary>
public sealed class PlatformNotFoundException(string name, Platform wanted, IReadOnlyCollection<Platform> available)
    : Exception(
        $"{name}: no image for {wanted}: "
        + (available.Count == 0 ? "no platform is named" : "there is " + string.Join(", ", available)))
{
    /// <summary>What was asked for.</summary>
    public Platform Wanted { get; } = wanted;

    /// <summary>What there is.</summary>
    public IReadOnlyCollection<Platform> Available { get; } = available;
}
